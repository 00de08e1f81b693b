import type { StageStatus, TaskStatus } from './status.ts';

/**
 * What a client is told about tasks and stages.
 *
 * Times are ISO 8601 local times in the master's zone, `2026-11-23T06:24:07`: the wire does not say which zone
 * that is. Runtimes are whole seconds.
 */
export interface TaskSummary {
  readonly name: string;
  readonly submitTime: string | null;
  readonly startTime: string | null;
  readonly completeTime: string | null;
  /** Masters may send a status that we don't know: it is passed on. */
  readonly status: TaskStatus | (string & {});
  readonly runtimeSeconds: number | null;
  /** True when this connection submitted it: only masters of ours say so. */
  readonly submittedHere: boolean;
}

export interface TaskDetail extends TaskSummary {
  readonly stageCount: number;
  readonly stageIds: readonly string[];
}

export interface StageInfo {
  readonly id: string;
  readonly platform: string;
  readonly parents: readonly string[];
  readonly children: readonly string[];
  readonly startTime: string | null;
  readonly completeTime: string | null;
  /** As the master sends it, or else derived from the times: then only WAITING, RUNNING or COMPLETED. */
  readonly status: StageStatus | (string & {});
  readonly statusSource: 'master' | 'times';
  readonly retryCount: number;
  /** Why its last attempt failed, where a master of ours says so. */
  readonly failure: string | null;
  readonly runtimeSeconds: number | null;
  readonly jobInfo: string;
}
