import type { StageInfo, TaskDetail } from '../../model/views.ts';

/** A task and its stages, as they were when they were last asked for. */
export interface Snapshot {
  readonly task: TaskDetail;
  readonly stages: readonly StageInfo[];
}

/** A status that differs from what was seen before. */
export interface Change {
  readonly kind: 'task' | 'stage';
  readonly id: string;
  /** What the plan calls it, where the master says so. */
  readonly name: string | null;
  readonly status: string;
  /** null when it is seen for the first time. */
  readonly previous: string | null;
  /** How often the stage was run again. */
  readonly retryCount: number;
  readonly runtimeSeconds: number | null;
  /** Why the last attempt of a stage, or the task, failed, where the master says so. */
  readonly failure: string | null;
}

/** True when the master will not change a task any more. */
export function isFinal(status: string): boolean {
  return status === 'COMPLETED' || status === 'FAILED';
}

/** The same of a stage. */
export function isStageFinal(status: string): boolean {
  return isFinal(status) || status === 'SKIPPED';
}

/** What changed, stages first, in the order of the plan. Stages that only wait are no news at first sight. */
export function changesBetween(before: Snapshot | null, after: Snapshot): Change[] {
  const known = new Map(before?.stages.map((stage) => [stage.id, stage]));
  const changes: Change[] = [];
  for (const { id, name, status, retryCount, runtimeSeconds, failure } of after.stages) {
    const previous = known.get(id);
    const news =
      previous === undefined
        ? status !== 'WAITING'
        : previous.status !== status || previous.retryCount !== retryCount;
    if (news)
      changes.push({
        kind: 'stage',
        id,
        name,
        status,
        previous: previous?.status ?? null,
        retryCount,
        runtimeSeconds,
        failure,
      });
  }
  const { name, status, runtimeSeconds, failure } = after.task;
  if (before?.task.status !== status) {
    const previous = before?.task.status ?? null;
    const common = { status, previous, retryCount: 0, runtimeSeconds, failure };
    changes.push({ kind: 'task', id: name, name: null, ...common });
  }
  return changes;
}
