import { constants } from 'node:os';
import type { StageExit } from '../executor.ts';

type Without<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;

/** How an attempt ended, without saying which. */
export type Outcome = Without<StageExit, 'stageId' | 'attempt'>;

export const LOST: Outcome = { kind: 'lost' };

/** @param isFinal true where every further try would end the same way */
export function failedToStart(reason: string, isFinal = false): Outcome {
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
