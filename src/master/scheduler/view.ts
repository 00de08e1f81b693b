import type { Changes } from '../state/changes.ts';
import { NEW_STAGE, type PlanOutline, type StageState, type TaskRecord } from '../state/records.ts';
import type { LoadedState } from '../store/store.ts';

/** A task that is not over, with its stages' states by their place in the plan. */
interface ActiveTask {
  readonly outline: PlanOutline;
  readonly states: readonly StageState[];
}

/** The state as the store has it, as far as it is in memory. */
export interface StateReader {
  /** All tasks, in the order of their submission. */
  readonly tasks: ReadonlyMap<string, TaskRecord>;
  /** Those that are not over. */
  readonly active: ReadonlyMap<string, ActiveTask>;
}

/** Whoever reads it is never told what a crash could take back. */
export class StateView implements StateReader {
  readonly tasks = new Map<string, TaskRecord>();
  readonly active = new Map<string, { outline: PlanOutline; states: StageState[] }>();
  readonly #outlineOf: (taskName: string) => PlanOutline | undefined;

  /** @param outlineOf the plan of a task that is not over and was just submitted */
  constructor(loaded: LoadedState, outlineOf: (taskName: string) => PlanOutline | undefined) {
    this.#outlineOf = outlineOf;
    for (const task of loaded.tasks.toSorted((a, b) => a.seq - b.seq)) {
      this.tasks.set(task.name, task);
      const outline = loaded.plans.get(task.planId);
      if (task.completeTime !== null || outline === undefined) continue;
      const states = loaded.stages.get(task.name);
      this.active.set(task.name, {
        outline,
        states: outline.stages.map((_, index) => states?.get(index) ?? NEW_STAGE),
      });
    }
  }

  update(changes: Changes): void {
    for (const name of changes.deletedTasks) this.tasks.delete(name);
    for (const task of changes.tasks) {
      this.tasks.set(task.name, task);
      if (task.completeTime !== null) this.active.delete(task.name);
      else if (!this.active.has(task.name)) this.#open(task.name);
    }
    for (const { taskName, index, state } of changes.stages) {
      const task = this.active.get(taskName);
      if (task !== undefined) task.states[index] = state;
    }
  }

  #open(taskName: string): void {
    const outline = this.#outlineOf(taskName);
    if (outline === undefined) return;
    this.active.set(taskName, { outline, states: outline.stages.map(() => NEW_STAGE) });
  }
}
