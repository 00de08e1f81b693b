import type { StageExit } from '../executor/executor.ts';
import type { Changes } from '../state/changes.ts';
import type { StageFailure } from '../state/records.ts';
import type { Submission } from '../state/submission.ts';

/** A stage of a task, by its place in the plan. */
interface StagePlace {
  readonly taskName: string;
  readonly index: number;
}

/** What a user asks of a stage. */
export interface UserEvent extends StagePlace {
  readonly kind: 'suspend' | 'continue';
}

/** What a program reports of its stage. It counts where it comes from the attempt that runs. */
export interface ReportEvent extends StagePlace {
  readonly kind: 'started' | 'prepared' | 'completed';
  readonly attempt: number;
}

/** An attempt has ended. */
export interface ExitEvent {
  readonly kind: 'exit';
  readonly exit: StageExit;
  /** A declared result of the stage that is certainly not there; null where all are, or that can't be told. */
  readonly missing: string | null;
  /** It could not be started since the disk of the master is short: that is no fault of its own. */
  readonly isShort: boolean;
}

export type SchedulerEvent =
  | ({ readonly kind: 'submit' } & Submission)
  | UserEvent
  | ReportEvent
  | ExitEvent
  /** Time has passed: pauses and deadlines may be over. */
  | { readonly kind: 'wake' }
  /** The master has started: take up what was running when it ended. */
  | { readonly kind: 'recover' }
  /** Everything that ran was stopped for a shutdown; these attempts ended by themselves meanwhile. Nothing may follow. */
  | { readonly kind: 'interrupt'; readonly exits: readonly ExitEvent[] }
  /** Tasks that are finished for long enough go. */
  | { readonly kind: 'expire' }
  /** While it is held, nothing is launched. */
  | { readonly kind: 'hold'; readonly isHeld: boolean };

/** What is to be done once the changes are stored. */
export type Effect =
  /** Run the stage's attempt; after a recovery, follow it. */
  | ({ readonly kind: 'start' } & Launch)
  | { readonly kind: 'stop'; readonly stageId: string; readonly attempt: number }
  | { readonly kind: 'forget'; readonly taskName: string };

/** Which attempt is to be run, and where what it takes is stored. */
export interface Launch extends StagePlace {
  readonly stageId: string;
  /** The plan's own name of the stage. */
  readonly stageName: string;
  readonly attempt: number;
  readonly planId: string;
  readonly planDir: string;
  /** When a master that has ended since launched it, in milliseconds since 1970. */
  readonly launchedAt?: number;
}

/** Why an attempt failed, as few words as can be counted. */
export const FAILURE_CAUSES = ['program', 'start', 'stopped', 'displaced', 'lost'] as const;
export type FailureCause = (typeof FAILURE_CAUSES)[number];

interface AttemptOfStage {
  readonly stageId: string;
  readonly name: string;
  readonly attempt: number;
}

/** What the operator of a master is told. */
export type Happening =
  | { readonly kind: 'submitted'; readonly taskName: string; readonly stages: number }
  | ({ readonly kind: 'launched'; /** Since it could run. */ readonly waitedMs: number } & AttemptOfStage)
  | ({ readonly kind: 'completed'; readonly ranMs: number } & AttemptOfStage)
  /** `retryTime`: when it is run again; null when it is not. */
  | ({
      readonly kind: 'failed';
      readonly stageId: string;
      readonly name: string;
      readonly retryTime: number | null;
      readonly cause: FailureCause;
      readonly startTime: number | null;
    } & StageFailure)
  | { readonly kind: 'stopping'; readonly stageId: string; readonly attempt: number; readonly reason: string }
  | { readonly kind: 'changed'; readonly stageId: string; readonly from: string; readonly to: string }
  | {
      readonly kind: 'ended';
      readonly taskName: string;
      readonly status: 'COMPLETED' | 'FAILED';
      readonly reason: string | null;
      readonly ms: number;
    }
  | { readonly kind: 'expired'; readonly taskName: string };

/** `ignored`: nothing changed, since the event came too late, twice, or does not fit. `unknown`: there is no such stage. */
export type Reply = 'ok' | 'ignored' | 'unknown';

export interface Outcome {
  readonly reply: Reply;
  readonly changes: Changes;
  readonly effects: readonly Effect[];
  readonly happenings: readonly Happening[];
}
