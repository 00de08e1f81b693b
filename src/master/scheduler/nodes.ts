import type { StageRecord, TaskRecord } from './records.ts';

/** A stage among its neighbours. Only the graph replaces its record. */
export interface StageNode {
  record: StageRecord;
  readonly task: TaskNode;
  readonly children: StageNode[];
  /** How many parents have not released it. */
  blockedBy: number;
}

/** A task with its stages. Only the graph replaces its record. */
export interface TaskNode {
  record: TaskRecord;
  readonly stages: StageNode[];
  /** How many stages are live. */
  live: number;
  /** How many stages are not COMPLETED. */
  incomplete: number;
}

/** The order in which stages are served: by submission, then by place in the plan. */
export function isServedBefore(a: StageNode, b: StageNode): boolean {
  const seq = a.task.record.seq - b.task.record.seq;
  return seq === 0 ? a.record.index < b.record.index : seq < 0;
}
