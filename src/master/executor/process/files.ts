import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { systemErrorCode } from '../../../model/errors.ts';
import { isKubernetesName } from '../../../model/names.ts';

/** How long to wait before a look that failed is repeated, in milliseconds. */
const AGAIN_AFTER_MS = 50;

/** The working directory that the stages of a task share. @throws RangeError when the name isn't one that a master gives */
export function workDirOf(stateDir: string, taskName: string): string {
  return join(stateDir, 'work', safe(taskName));
}

/** What is kept about all attempts of a task. @throws RangeError */
export function taskRunsDirOf(stateDir: string, taskName: string): string {
  return join(stateDir, 'runs', safe(taskName));
}

/** What is kept about one attempt: its claim, its log and its exit status. @throws RangeError */
export function attemptDirOf(stateDir: string, taskName: string, stageId: string, attempt: number): string {
  if (!Number.isSafeInteger(attempt) || attempt < 1) {
    throw new RangeError(`${attempt} is not the number of an attempt`);
  }
  return join(taskRunsDirOf(stateDir, taskName), safe(stageId), String(attempt));
}

/** Where the program of an attempt writes: both its stdout and its stderr. */
export function logFileOf(attemptDir: string): string {
  return join(attemptDir, 'log');
}

/** The file that a supervisor claims an attempt by. */
export function claimOf(attemptDir: string): string {
  return join(attemptDir, 'pid');
}

/** A Kubernetes name has no slash and no dot: it can't lead out of its folder. */
function safe(name: string): string {
  if (!isKubernetesName(name)) throw new RangeError(`${JSON.stringify(name)} can't be the name of a folder`);
  return name;
}

/**
 * The file's content; null when it isn't there, or reading it fails with one of `alsoNone`.
 * @throws Error where it can't be told, or the file can't be read
 */
export async function readOptional(path: string, alsoNone: readonly string[] = []): Promise<string | null> {
  try {
    return await readFile(path, 'latin1');
  } catch (thrown) {
    const code = systemErrorCode(thrown);
    // A process that ends while its file in /proc is read gives ESRCH.
    if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'ESRCH') return null;
    if (code !== undefined && alsoNone.includes(code)) return null;
    throw thrown;
  }
}

/**
 * What `look` finds. One that fails (no file descriptor is free, a disk that is far away does not answer) is repeated
 * for so many milliseconds. @throws what the last look threw
 */
export async function lookPatiently<T>(look: () => Promise<T>, forMs: number): Promise<T> {
  const giveUp = Date.now() + forMs;
  for (;;) {
    try {
      return await look();
    } catch (thrown) {
      if (Date.now() >= giveUp) throw thrown;
    }
    await delay(AGAIN_AFTER_MS, undefined, { ref: false });
  }
}
