import type { Changes } from '../../../../src/master/state/changes.ts';
import {
  NEW_STAGE,
  type PlanOutline,
  type PlanRecord,
  type StageState,
  type TaskRecord,
} from '../../../../src/master/state/records.ts';
import { stageIdsOf } from '../../../../src/master/state/submission.ts';
import type { LoadedState } from '../../../../src/master/store/store.ts';

/** A stage of a task, over or not. */
export interface KnownStage {
  readonly id: string;
  readonly taskName: string;
  readonly index: number;
  readonly parents: readonly string[];
  readonly state: StageState;
}

/** Everything that was written: of tasks that are over, too. */
export class Known {
  readonly tasks = new Map<string, TaskRecord>();
  readonly #plans = new Map<string, PlanRecord>();
  readonly #states = new Map<string, StageState>();

  update(changes: Changes): void {
    for (const name of changes.deletedTasks) this.tasks.delete(name);
    for (const id of changes.deletedPlans) this.#plans.delete(id);
    for (const plan of changes.plans) this.#plans.set(plan.id, plan);
    for (const task of changes.tasks) this.tasks.set(task.name, task);
    for (const { taskName, index, state } of changes.stages) this.#states.set(`${taskName}/${index}`, state);
  }

  /** How many plans are kept. */
  get planCount(): number {
    return this.#plans.size;
  }

  outlineOf(taskName: string): PlanOutline {
    const outline = this.#plans.get(this.tasks.get(taskName)?.planId ?? '')?.outline;
    if (outline === undefined) throw new Error(`no plan of ${taskName}`);
    return outline;
  }

  /** The ids of the stages of a task, or of all. */
  idsOf(taskName?: string): string[] {
    const names = taskName === undefined ? [...this.tasks.keys()] : [taskName];
    return names.flatMap((name) => stageIdsOf(name, this.outlineOf(name)));
  }

  stages(): KnownStage[] {
    return [...this.tasks.keys()].flatMap((taskName) => {
      const ids = this.idsOf(taskName);
      const { stages } = this.outlineOf(taskName);
      return ids.map((id, index) => ({
        id,
        taskName,
        index,
        parents: (stages[index]?.dependencies ?? []).map((parent) => ids[parent] ?? ''),
        state: this.#states.get(`${taskName}/${index}`) ?? NEW_STAGE,
      }));
    });
  }

  stage(id: string): KnownStage | undefined {
    return this.stages().find((stage) => stage.id === id);
  }

  /** What a store would load of it, read back from JSON and in another order. */
  loaded(): LoadedState {
    const copy = JSON.parse(JSON.stringify([...this.tasks.values()])) as TaskRecord[];
    const active = copy.filter(({ completeTime }) => completeTime === null);
    const stages = this.stages().filter(({ state }) => state !== NEW_STAGE);
    return {
      tasks: copy.toReversed(),
      plans: new Map(active.map(({ name, planId }) => [planId, this.outlineOf(name)])),
      stages: new Map(
        active.map(({ name }) => [
          name,
          new Map(
            stages
              .filter(({ taskName }) => taskName === name)
              .map(({ index, state }) => [index, JSON.parse(JSON.stringify(state)) as StageState]),
          ),
        ]),
      ),
    };
  }
}
