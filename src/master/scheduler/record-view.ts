import type { Changes } from '../store/store.ts';
import type { StageRecord, TaskRecord } from './records.ts';
import type { Records } from './restore.ts';

/** Tasks, in the order of their submission, and stages, for readers. */
export interface RecordReader {
  readonly tasks: ReadonlyMap<string, TaskRecord>;
  readonly stages: ReadonlyMap<string, StageRecord>;
}

/** The state as the store has it. Whoever reads it is never told what a crash could take back. */
export class RecordView implements RecordReader {
  readonly tasks = new Map<string, TaskRecord>();
  readonly stages = new Map<string, StageRecord>();

  constructor({ tasks, stages }: Records) {
    this.update({ tasks: tasks.toSorted((a, b) => a.seq - b.seq), stages, deletedTasks: [] });
  }

  update(changes: Changes): void {
    for (const task of changes.tasks) this.tasks.set(task.name, task);
    for (const stage of changes.stages) this.stages.set(stage.id, stage);
    for (const name of changes.deletedTasks) {
      for (const id of this.tasks.get(name)?.stageIds ?? []) this.stages.delete(id);
      this.tasks.delete(name);
    }
  }
}
