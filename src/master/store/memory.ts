import type { Changes } from '../state/changes.ts';
import type { PlanOutline, PlanRecord, StageSpec, StageState, TaskRecord } from '../state/records.ts';
import type { LoadedState, Store } from './store.ts';

/** Keeps everything for as long as the process lives: for trying out, and for tests. What is given to it is never changed. */
export class MemoryStore implements Store {
  readonly isLasting = false;
  readonly #onClose: () => Promise<void>;
  readonly #tasks = new Map<string, TaskRecord>();
  readonly #plans = new Map<string, PlanRecord>();
  readonly #stages = new Map<string, Map<number, StageState>>();

  /** @param onClose lets go of what only this store's master may use */
  constructor(onClose: () => Promise<void> = () => Promise.resolve()) {
    this.#onClose = onClose;
  }

  load(): Promise<LoadedState> {
    const tasks = [...this.#tasks.values()];
    const active = tasks.filter(({ completeTime }) => completeTime === null);
    const plans = active.flatMap(({ planId }) => this.#plans.get(planId) ?? []);
    return Promise.resolve({
      tasks,
      plans: new Map(plans.map(({ id, outline }) => [id, outline])),
      stages: new Map(active.map(({ name }) => [name, new Map(this.#stages.get(name))])),
    });
  }

  write({ plans, tasks, stages, deletedTasks, deletedPlans }: Changes): Promise<void> {
    for (const name of deletedTasks) {
      this.#tasks.delete(name);
      this.#stages.delete(name);
    }
    for (const id of deletedPlans) this.#plans.delete(id);
    for (const plan of plans) this.#plans.set(plan.id, plan);
    for (const task of tasks) this.#tasks.set(task.name, task);
    for (const { taskName, index, state } of stages) {
      const states = this.#stages.get(taskName) ?? new Map<number, StageState>();
      this.#stages.set(taskName, states.set(index, state));
    }
    return Promise.resolve();
  }

  readPlan(planId: string): Promise<PlanOutline | null> {
    return Promise.resolve(this.#plans.get(planId)?.outline ?? null);
  }

  readSpec(planId: string, index: number): Promise<StageSpec | null> {
    return Promise.resolve(this.#plans.get(planId)?.specs[index] ?? null);
  }

  readStage(taskName: string, index: number): Promise<StageState | null> {
    return Promise.resolve(this.#stages.get(taskName)?.get(index) ?? null);
  }

  leave(): void {
    return;
  }

  close(): Promise<void> {
    return this.#onClose();
  }
}
