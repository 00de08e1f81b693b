import { ClicError } from '../../model/errors.ts';
import type { Changes } from '../state/changes.ts';
import type { PlanOutline, StageSpec, StageState, TaskRecord } from '../state/records.ts';

/** What is held in memory of a whole state. */
export interface LoadedState {
  /** All tasks, in any order. */
  readonly tasks: readonly TaskRecord[];
  /** By id: those of the tasks that are not over (`completeTime` is null). */
  readonly plans: ReadonlyMap<string, PlanOutline>;
  /** By task, then by index: the stages of tasks that are not over. One that is absent is a NEW_STAGE. */
  readonly stages: ReadonlyMap<string, ReadonlyMap<number, StageState>>;
}

export interface StoreOptions {
  /** Told what the operator should know, such as that the state was rewritten. */
  readonly onNotice?: (text: string) => void;
  /** Makes room on the disk for the state; false where there is none to make. */
  readonly onDiskFull?: () => Promise<boolean>;
  /** Told in words, once, that nothing can be written for now, and null when it can be again. */
  readonly onWaiting?: (problem: string | null) => void;
  /** Told, again and again, that another master has taken the state over: also where nothing is to be written. */
  readonly onFenced?: (reason: StoreFencedError) => void;
}

/** Where tasks and stages outlive the master. One master uses a store at a time, and writes one batch after the other. */
export interface Store {
  /** True where the next master over the same folder finds what this one has stored. */
  readonly isLasting: boolean;
  /** @throws StoreCorruptError */
  load(): Promise<LoadedState>;
  /**
   * Atomic and durable once resolved; waits where it can't be written for now. Where it rejects, nothing more may be
   * written.
   */
  write(changes: Changes): Promise<void>;
  /** null when there is none. @throws StoreCorruptError */
  readPlan(planId: string): Promise<PlanOutline | null>;
  /**
   * null when there is none.
   * @param patience `waits` where nothing can be read for now, instead of a RefusedError
   * @throws StoreCorruptError
   */
  readSpec(planId: string, index: number, patience?: 'waits'): Promise<StageSpec | null>;
  /** null when none is stored: a NEW_STAGE, or the task is not there. @throws StoreCorruptError */
  readStage(taskName: string, index: number): Promise<StageState | null>;
  /** From now on a write that would have to wait fails. */
  leave(): void;
  /** Leaves, and lets go of everything. Once more does nothing. */
  close(): Promise<void>;
}

/** Another master has taken the state over, and nothing that this one writes is stored. Programs are the other one's by now. */
export class StoreFencedError extends ClicError {
  readonly code = 'STORE_FENCED';
}

/** The server of the state has lost writes that it had acknowledged. */
export class StoreRewoundError extends ClicError {
  readonly code = 'STORE_REWOUND';
}
