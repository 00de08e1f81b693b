import type { Plan } from '../../model/plan.ts';
import type { StageExit } from '../executor/executor.ts';
import type { Changes } from '../store/store.ts';
import type { StageRecord } from './records.ts';

/** A plan that becomes a task. Nothing else may have the task's name, or one of its stages' ids. */
export interface Submission {
  readonly taskName: string;
  readonly planName: string;
  readonly planDir: string;
  readonly plan: Plan;
}

/** What a user asks of a stage, or its program reports. */
export interface StageEvent {
  readonly kind: 'started' | 'prepared' | 'completed' | 'suspend' | 'continue';
  readonly stageId: string;
}

export type SchedulerEvent =
  | ({ readonly kind: 'submit' } & Submission)
  | StageEvent
  /** An attempt has ended. */
  | { readonly kind: 'exit'; readonly exit: StageExit }
  /** Time has passed: pauses may be over. */
  | { readonly kind: 'wake' }
  /** The master has started: take up what was running when it ended. */
  | { readonly kind: 'recover' }
  /** Everything that ran was stopped for a shutdown; these attempts succeeded meanwhile. Nothing may follow. */
  | { readonly kind: 'interrupt'; readonly succeeded: readonly StageExit[] }
  /** Tasks that are finished for long enough go. */
  | { readonly kind: 'expire' };

/** What is to be done once the changes are stored. */
export type Effect =
  /** Run the stage's attempt; after a recovery, follow it. */
  | { readonly kind: 'start'; readonly stage: StageRecord; readonly planDir: string }
  | { readonly kind: 'stop'; readonly stageId: string; readonly attempt: number }
  | { readonly kind: 'forget'; readonly taskName: string };

/** `ignored`: nothing changed, since the event came too late, twice, or does not fit. `unknown`: there is no such stage. */
export type Reply = 'ok' | 'ignored' | 'unknown';

export interface Outcome {
  readonly reply: Reply;
  readonly changes: Changes;
  readonly effects: readonly Effect[];
}
