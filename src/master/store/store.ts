import { ClicError } from '../../model/errors.ts';
import type { StageRecord, TaskRecord } from '../scheduler/records.ts';

/** What one write changes: records that are new or replaced, and tasks that go. No record of a deleted task is among the others. */
export interface Changes {
  readonly tasks: readonly TaskRecord[];
  readonly stages: readonly StageRecord[];
  /** Names of tasks; their stages go with them. */
  readonly deletedTasks: readonly string[];
}

/** Where tasks and stages outlive the master. One master uses a store at a time, and writes one batch after the other. */
export interface Store {
  /** All records, in any order. @throws StoreCorruptError */
  load(): Promise<{ tasks: TaskRecord[]; stages: StageRecord[] }>;
  /** Atomic and durable once resolved. */
  write(changes: Changes): Promise<void>;
  close(): Promise<void>;
}

/** What was read from the store can't be the state that a master wrote. */
export class StoreCorruptError extends ClicError {
  readonly code = 'STORE_CORRUPT';
}
