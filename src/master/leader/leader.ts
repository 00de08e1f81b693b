import { ClicError } from '../../model/errors.ts';

/** Decides which one, of several processes that could, is the master. */
export interface Leadership {
  /**
   * Waits until this process leads.
   * @throws ConfigError it can't be decided by what was named; the signal's reason when that is aborted
   */
  acquire(signal: AbortSignal): Promise<Term>;
}

/** The time for which a process leads. */
export interface Term {
  /** Until when no other process can lead, on the clock of `monotonicMs`. Each renewal moves it on; Infinity where there is no other. */
  safeUntil(): number;
  /** Told once, and at once where it has been: this process leads no more. Not told after `release`. */
  onLost(listener: (reason: LeadershipLostError) => void): void;
  /** To be called when nothing is written any more: the next one may lead at once. Once more does nothing; never rejects. */
  release(): Promise<void>;
}

/** Another process leads, or may. */
export class LeadershipLostError extends ClicError {
  readonly code = 'LEADERSHIP_LOST';
}
