import type { Heap } from './heap.ts';
import type { PlanOutline, StageOutline, StageState, TaskRecord } from '../state/records.ts';

/** A stage of a task that is not over, among its neighbours. Only the graph replaces its state. */
export interface StageNode {
  readonly id: string;
  /** Its place in the plan, from 0. */
  readonly index: number;
  readonly outline: StageOutline;
  readonly task: TaskNode;
  state: StageState;
  readonly children: StageNode[];
  /** How many parents have not released it. */
  blockedBy: number;
  /** Since when it could be launched, if there had been room; null where that was not told yet. */
  readySince: number | null;
}

/** A task that is not over, with its stages. Only the graph replaces its record. */
export interface TaskNode {
  record: TaskRecord;
  readonly outline: PlanOutline;
  readonly stages: StageNode[];
  /** How many stages are live. */
  live: number;
  /** How many stages are not COMPLETED. */
  incomplete: number;
  /** Its stages that were ready when as many ran as the plan lets run at once. */
  readonly held: Heap<StageNode>;
}

/** The order in which stages are served: by submission, then by place in the plan. */
export function isServedBefore(a: StageNode, b: StageNode): boolean {
  const seq = a.task.record.seq - b.task.record.seq;
  return seq === 0 ? a.index < b.index : seq < 0;
}
