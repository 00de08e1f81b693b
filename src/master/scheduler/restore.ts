import { StoreCorruptError } from '../store/store.ts';
import type { Graph } from './graph.ts';
import type { StageRecord, TaskRecord } from './records.ts';

/** The records of a whole state, as a store holds them. */
export interface Records {
  readonly tasks: readonly TaskRecord[];
  readonly stages: readonly StageRecord[];
}

/** Fills an empty graph. @throws StoreCorruptError when records are missing or don't fit each other */
export function restore(graph: Graph, { tasks, stages }: Records): void {
  const byId = new Map(stages.map((stage) => [stage.id, stage]));
  for (const task of tasks) {
    const own = task.stageIds.map((id, index) => {
      const stage = byId.get(id);
      if (stage?.taskName !== task.name || stage.index !== index) {
        throw new StoreCorruptError(`task ${task.name}: the record of its stage ${id} is missing or damaged`);
      }
      byId.delete(id);
      return stage;
    });
    graph.add(task, own);
  }
  const [stray] = byId.values();
  if (stray !== undefined) {
    throw new StoreCorruptError(
      `stage ${stray.id}: the record of its task ${stray.taskName} is missing or damaged`,
    );
  }
}
