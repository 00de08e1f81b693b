import { readdir } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { systemErrorCode } from '../../../model/errors.ts';
import { parseStat } from './claim.ts';
import { readOptional } from './files.ts';

/** Sends a signal to every process of a group that may get it from us. False when nothing is left of the group. */
export function signalGroup(groupId: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(-groupId, signal);
  } catch (thrown) {
    const code = systemErrorCode(thrown);
    if (code === 'ESRCH') return false;
    // macOS says so where only zombies are left; on Linux, what is left is another user's.
    if (code === 'EPERM') return process.platform !== 'darwin';
    throw thrown;
  }
}

/** Waits until no process of a group that was killed is left, for at most so many milliseconds; answers whether that came. */
export async function groupGone(groupId: number, withinMs: number): Promise<boolean> {
  const giveUp = Date.now() + withinMs;
  while (await mayHaveLiving(groupId)) {
    if (Date.now() >= giveUp) return false;
    await delay(10);
  }
  return true;
}

/** Not being able to look is no sign that they are gone. */
async function mayHaveLiving(groupId: number): Promise<boolean> {
  try {
    return await hasLiving(groupId);
  } catch {
    return true;
  }
}

async function hasLiving(groupId: number): Promise<boolean> {
  if (!signalGroup(groupId, 0)) return false;
  if (process.platform !== 'linux') return true;
  // Zombies take signals too, and stay for as long as the machine's first process likes.
  const pids = (await readdir('/proc')).filter((entry) => /^\d+$/.test(entry));
  const stats = await Promise.all(pids.map((pid) => readOptional(`/proc/${pid}/stat`)));
  return stats.some((stat) => stat !== null && parseStat(stat)?.group === groupId);
}
