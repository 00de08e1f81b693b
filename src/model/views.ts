import type { StageStatus, TaskStatus } from './status.ts';

/**
 * What a client is told about tasks and stages.
 *
 * `submitTime`, `startTime` and `completeTime` are ISO 8601 local times in the master's zone, `2026-11-23T06:24:07`: they
 * do not say which zone that is. `submitAt`, `startAt` and `completeAt` are the same as instants, in milliseconds since
 * 1970; only masters of ours send them. Each is null where there is none. Runtimes are whole seconds.
 */
export interface TaskSummary {
  readonly name: string;
  /** The name that the plan was submitted by; null where the master does not say. */
  readonly planName: string | null;
  readonly submitTime: string | null;
  readonly startTime: string | null;
  readonly completeTime: string | null;
  readonly submitAt: number | null;
  readonly startAt: number | null;
  readonly completeAt: number | null;
  /** Masters may send a status that we don't know: it is passed on. */
  readonly status: TaskStatus | (string & {});
  readonly runtimeSeconds: number | null;
  /** Why it failed, where that is not the failure of a stage, such as its deadline; only masters of ours say so. */
  readonly failure: string | null;
  /** True when this connection submitted it: only masters of ours say so. */
  readonly submittedHere: boolean;
}

export interface TaskDetail extends TaskSummary {
  readonly stageCount: number;
  readonly stageIds: readonly string[];
}

export interface StageInfo {
  readonly id: string;
  /** What the plan calls it; null where the master does not say. */
  readonly name: string | null;
  /** The task that it belongs to; null where the master does not say. */
  readonly taskName: string | null;
  readonly platform: string;
  readonly parents: readonly string[];
  readonly children: readonly string[];
  readonly startTime: string | null;
  readonly completeTime: string | null;
  readonly startAt: number | null;
  readonly completeAt: number | null;
  /** As the master sends it, or else derived from the times: then only WAITING, RUNNING or COMPLETED. */
  readonly status: StageStatus | (string & {});
  readonly statusSource: 'master' | 'times';
  readonly retryCount: number;
  /** How often it was launched; null where the master does not say. */
  readonly attempt: number | null;
  /** Why its last attempt failed, where a master of ours says so. */
  readonly failure: string | null;
  /** Where the log of the attempt that failed is, on the master's machine; null where there is none. */
  readonly log: string | null;
  /** What a stage that does not run waits for, such as `parents: a, b`; null where the master does not say. */
  readonly waitsFor: string | null;
  readonly runtimeSeconds: number | null;
  readonly jobInfo: string;
}
