import type { StageRecord, TaskRecord } from '../scheduler/records.ts';
import type { Changes, Store } from './store.ts';

/** Keeps everything for as long as the process lives: for trying out, and for tests. */
export class MemoryStore implements Store {
  readonly #tasks = new Map<string, TaskRecord>();
  readonly #stages = new Map<string, StageRecord>();

  load(): Promise<{ tasks: TaskRecord[]; stages: StageRecord[] }> {
    return Promise.resolve(
      structuredClone({ tasks: [...this.#tasks.values()], stages: [...this.#stages.values()] }),
    );
  }

  write(changes: Changes): Promise<void> {
    return new Promise((resolve) => {
      this.#apply(structuredClone(changes));
      resolve();
    });
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  #apply({ tasks, stages, deletedTasks }: Changes): void {
    for (const name of deletedTasks) {
      for (const id of this.#tasks.get(name)?.stageIds ?? []) this.#stages.delete(id);
      this.#tasks.delete(name);
    }
    for (const task of tasks) this.#tasks.set(task.name, task);
    for (const stage of stages) this.#stages.set(stage.id, stage);
  }
}
