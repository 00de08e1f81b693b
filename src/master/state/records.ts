import type { RetryStrategy } from '../../model/plan.ts';
import type { PodSettings } from '../../model/pod.ts';
import type { StageStatus, TaskStatus } from '../../model/status.ts';

/*
 * What a master keeps: plain JSON, times in milliseconds since 1970. What never changes is stored once for all tasks of
 * the same plan, and its large part is read when it is needed; what a transition rewrites is small.
 */

/** A submitted plan. That is all that is held in memory of a task that is over. */
export interface TaskRecord {
  /** `<planName>-<8 letters>`, unique. */
  readonly name: string;
  readonly planName: string;
  /** The absolute folder of the plan's file, which relative paths in its commands are meant from. */
  readonly planDir: string;
  /** Names the plan's content: tasks of the same content share it. */
  readonly planId: string;
  /** Grows with every submission: the order in which tasks are served. */
  readonly seq: number;
  readonly submitTime: number;
  /** When its first stage was started. */
  readonly startTime: number | null;
  /** When it was COMPLETED; of a FAILED one, when the last of its programs had ended. From then on nothing of it changes. */
  readonly completeTime: number | null;
  readonly status: TaskStatus;
  /** Why it failed: which stage, and why that, or for which deadline. */
  readonly failure: string | null;
}

/** What scheduling needs to know of a plan: small, and in memory for every task that is not over. */
export interface PlanOutline {
  readonly stages: readonly StageOutline[];
  /** How long a task may take from its first launch; null: as long as it needs. */
  readonly deadlineMs: number | null;
  /** How many of its stages may run at once; null: as many as there is room for. */
  readonly parallelism: number | null;
}

export interface StageOutline {
  /** The plan's own name of it, unique within the plan. */
  readonly name: string;
  readonly template: string;
  /** Indexes of the stages that must release this one. */
  readonly dependencies: readonly number[];
  readonly retry: RetryStrategy | null;
  /** How long one attempt may run; null: as long as it needs. */
  readonly deadlineMs: number | null;
  /** Its program is one of CLIC's executors: it reports, and has not completed before it has reported that. */
  readonly reports: boolean;
  /** It declares results, which must be there when it has completed. */
  readonly hasOutputs: boolean;
}

/** What it takes to run a stage, and to find its result. */
export interface StageSpec {
  readonly image: string | null;
  /** As the plan has it; what is added for a launch is not stored. */
  readonly command: readonly string[];
  /** How many of its words take the place of the image's entry point. */
  readonly entryWords: number;
  /** What the plan says of its pod. */
  readonly pod: PodSettings | null;
  readonly env: Readonly<Record<string, string>>;
  /** Absolute, relative to the stage's working directory, or a URI; null when the plan names none. */
  readonly outputPath: string | null;
  /** Every declared result, in the form of `outputPath`. */
  readonly outputs: readonly string[];
}

/** A plan, as it is stored: `specs` beside the outline's stages. */
export interface PlanRecord {
  readonly id: string;
  readonly outline: PlanOutline;
  readonly specs: readonly StageSpec[];
}

/** What changes of a stage. */
export interface StageState {
  readonly status: StageStatus;
  /** The number of launches so far, and so the number of the latest one. */
  readonly attempt: number;
  /** The latest attempt was launched and its end was not seen yet. */
  readonly live: boolean;
  /** The live attempt is followed by a master that started after it: when it is lost, that may be no fault of its own. */
  readonly recovered: boolean;
  /** When the live attempt reported that it has completed. */
  readonly reportedTime: number | null;
  /** It has reported its completion, did not end within the grace, and is being stopped: it has completed. */
  readonly overdue: boolean;
  /** Why the live attempt is being stopped; it will have failed once it has ended. */
  readonly stopReason: string | null;
  /** How many attempts failed and were run again. */
  readonly retryCount: number;
  /** How many attempts vanished with their master. */
  readonly lossCount: number;
  /** How many attempts were taken away from where they ran, by no fault of their own. */
  readonly displacedCount: number;
  /** The next attempt must not start before this time; null when it may start at once. */
  readonly notBefore: number | null;
  /** When the first attempt was started. */
  readonly firstStartTime: number | null;
  /** When the latest attempt was started. */
  readonly startTime: number | null;
  /** When it was COMPLETED or FAILED. */
  readonly completeTime: number | null;
  /** The latest failure of an attempt; null once it has completed. */
  readonly failure: StageFailure | null;
}

export interface StageFailure {
  /** Of which attempt. */
  readonly attempt: number;
  readonly reason: string;
  /** False where no program was started, so that none can have written anything. */
  readonly hasLog: boolean;
}

/** A stage of a task that was just submitted. It is not stored: a stage without a stored state is in this one. */
export const NEW_STAGE: StageState = {
  status: 'WAITING',
  attempt: 0,
  live: false,
  recovered: false,
  reportedTime: null,
  overdue: false,
  stopReason: null,
  retryCount: 0,
  lossCount: 0,
  displacedCount: 0,
  notBefore: null,
  firstStartTime: null,
  startTime: null,
  completeTime: null,
  failure: null,
};
