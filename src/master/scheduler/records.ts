import type { StageStatus, TaskStatus } from '../../model/status.ts';

/** A submitted plan, as it is stored: plain JSON. Times are milliseconds since 1970. */
export interface TaskRecord {
  /** `<planName>-<8 letters>`, unique. */
  readonly name: string;
  readonly planName: string;
  /** The absolute folder of the plan's file, which relative paths in its commands are meant from. */
  readonly planDir: string;
  /** Grows with every submission: the order in which tasks are served. */
  readonly seq: number;
  readonly submitTime: number;
  /** When its first stage was started. */
  readonly startTime: number | null;
  /** When it was COMPLETED; of a FAILED one, when the last of its programs had ended. */
  readonly completeTime: number | null;
  readonly status: TaskStatus;
  /** In the order of the plan. */
  readonly stageIds: readonly string[];
}

/** One stage of a task, as it is stored: plain JSON, with all that is needed to run it. */
export interface StageRecord {
  readonly id: string;
  readonly taskName: string;
  /** Its place in the plan, from 0. */
  readonly index: number;
  readonly platform: string;
  readonly template: string;
  readonly image: string | null;
  /** As the plan has it; what is added for a launch is not stored. */
  readonly command: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Absolute, relative to the stage's working directory, or a URI; null when the plan names none. */
  readonly outputPath: string | null;
  /** Ids of the stages that must release this one. */
  readonly parents: readonly string[];
  readonly children: readonly string[];
  readonly status: StageStatus;
  /** The number of launches so far, and so the number of the latest one. */
  readonly attempt: number;
  /** The latest attempt was launched and its end was not seen yet. */
  readonly live: boolean;
  /** The latest attempt was taken up by a master that started after it: when it is lost, that is no fault of its own. */
  readonly takenUp: boolean;
  /** How many attempts failed and were run again. Interrupted ones do not count, nor those that were lost and taken up. */
  readonly retryCount: number;
  /** The next attempt must not start before this time; null when it may start at once. */
  readonly notBefore: number | null;
  /** When the latest attempt was started. */
  readonly startTime: number | null;
  /** When it was COMPLETED or FAILED. */
  readonly completeTime: number | null;
  /** Why the latest attempt failed. On a live stage: why it is being stopped, and will be FAILED once it has ended. */
  readonly failure: string | null;
}
