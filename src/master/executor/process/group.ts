import { readdir } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { systemErrorCode } from '../../../model/errors.ts';
import { parseStat } from './claim.ts';
import { readOptional } from './files.ts';

/** How long processes that were killed may take to be gone, in milliseconds. */
const GONE_WITHIN_MS = 2000;

/** Sends a signal to every process of a group. False when nothing is left that could get it. */
export function signalGroup(groupId: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(-groupId, signal);
  } catch (thrown) {
    const code = systemErrorCode(thrown);
    // macOS says EPERM where only zombies are left.
    if (code === 'ESRCH' || code === 'EPERM') return false;
    throw thrown;
  }
}

/** Waits, within reason, until no process of a group that was killed is left. */
export async function groupGone(groupId: number): Promise<void> {
  const giveUp = Date.now() + GONE_WITHIN_MS;
  while ((await mayHaveLiving(groupId)) && Date.now() < giveUp) await delay(10);
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
