import { writeFileSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { constants } from 'node:os';
import { join } from 'node:path';
import type { StageExit } from '../executor.ts';
import { readOptional } from './files.ts';

type Without<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;

/** How an attempt ended, without saying which. */
export type Outcome = Without<StageExit, 'stageId' | 'attempt'>;

export const LOST: Outcome = { kind: 'lost' };

/** `isFinal`: the same would happen again. */
export function failedToStart(reason: string, isFinal: boolean): Outcome {
  return { kind: 'failed-to-start', reason, isFinal };
}

export function endedBy(signal: NodeJS.Signals): Outcome {
  return { kind: 'exited', exitCode: null, signal };
}

/**
 * From a shell's exit status. 128 + n stands for signal n; a program that exits with such a number of its own accord
 * can't be told from one that was killed.
 */
export function exitedWith(status: number): Outcome {
  const signal = Object.entries(constants.signals).find(([, number]) => number === status - 128)?.[0];
  return signal === undefined
    ? { kind: 'exited', exitCode: status, signal: null }
    : { kind: 'exited', exitCode: null, signal };
}

export function isSuccess(outcome: Outcome): boolean {
  return outcome.kind === 'exited' && outcome.exitCode === 0;
}

/**
 * Notes in the attempt's folder that the master ends it because the master itself leaves. To be called before the
 * first signal: whenever the master is killed after that, the next one knows what the program's end is due to.
 * Synchronous, so that nothing comes between the note and the signal.
 * @throws Error of the file system
 */
export function noteInterruption(attemptDir: string): void {
  writeFileSync(join(attemptDir, 'interrupted'), '', { mode: 0o600 });
}

/**
 * How the attempt ended, by the exit status that its supervisor left behind; null when it left none. What an
 * interrupted program says when it is told to stop does not count, unless it says that it has succeeded.
 * @throws Error of the file system
 */
export async function endingOf(attemptDir: string): Promise<Outcome | null> {
  const parts = /^(\d{1,3})\n$/.exec((await readOptional(join(attemptDir, 'exit'))) ?? '');
  if (parts === null) return null;
  const status = Number(parts[1]);
  const isInterrupted = status !== 0 && (await readOptional(join(attemptDir, 'interrupted'))) !== null;
  return isInterrupted ? LOST : exitedWith(status);
}

/**
 * The ending of an attempt that a master of before had started: it may be long ago, so the time at which its supervisor
 * wrote the exit status down is taken along, where there is one.
 */
export async function withTime(ending: Outcome, attemptDir: string): Promise<Outcome> {
  if (ending.kind !== 'exited') return ending;
  try {
    const { mtimeMs } = await stat(join(attemptDir, 'exit'));
    return { ...ending, endedAt: Math.floor(mtimeMs) };
  } catch {
    return ending;
  }
}
