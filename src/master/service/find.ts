import { possibleTaskNames, stageId } from '../../model/names.ts';
import type { StateReader } from '../scheduler/view.ts';
import { NEW_STAGE, type PlanOutline, type StageState, type TaskRecord } from '../state/records.ts';
import type { Store } from '../store/store.ts';

/** Longer than any name of a task and of a stage in a plan, and far from costing anything. */
const REFERENCE_MAX = 1024;

/** What is not in memory is read from here. */
export type StoreReader = Pick<Store, 'readPlan' | 'readSpec' | 'readStage'>;

/** A stage that there is. */
export interface FoundStage {
  readonly task: TaskRecord;
  readonly outline: PlanOutline;
  /** Its place in the plan, from 0. */
  readonly index: number;
}

/** Finds tasks and stages by their names, in memory or, where the task is over, in the store. */
export class Finder {
  readonly #state: StateReader;
  readonly #store: StoreReader;

  constructor(state: StateReader, store: StoreReader) {
    this.#state = state;
    this.#store = store;
  }

  /** The plan of a task; null when the task went meanwhile. */
  async outline(task: TaskRecord): Promise<PlanOutline | null> {
    return this.#state.active.get(task.name)?.outline ?? this.#store.readPlan(task.planId);
  }

  /**
   * The stage of this id, or of the form `<task>/<name in the plan>`; null when there is none. An id doesn't say where the
   * task's name in it ends, so that every task that it can be of is looked at.
   */
  async stage(reference: string): Promise<FoundStage | null> {
    if (reference.length > REFERENCE_MAX) return null;
    const slash = reference.indexOf('/');
    if (slash !== -1) {
      const name = reference.slice(slash + 1);
      return this.#stageOf(reference.slice(0, slash), ({ stages }) => indexOfName(stages, name));
    }
    const index = Number(/-([1-9]\d{0,6})$/.exec(reference)?.[1]) - 1;
    if (Number.isNaN(index)) return null;
    for (const taskName of possibleTaskNames(reference)) {
      const found = await this.#stageOf(taskName, ({ stages }) =>
        stageId(taskName, stages[index]?.template ?? '', index + 1) === reference ? index : -1,
      );
      if (found !== null) return found;
    }
    return null;
  }

  /** Its state, as it is stored. */
  async stageState({ task, index }: FoundStage): Promise<StageState> {
    const active = this.#state.active.get(task.name);
    return active?.states[index] ?? (await this.#store.readStage(task.name, index)) ?? NEW_STAGE;
  }

  async #stageOf(taskName: string, indexIn: (outline: PlanOutline) => number): Promise<FoundStage | null> {
    const task = this.#state.tasks.get(taskName);
    const outline = task === undefined ? null : await this.outline(task);
    if (task === undefined || outline === null) return null;
    const index = indexIn(outline);
    return index === -1 ? null : { task, outline, index };
  }
}

const INDEXES = new WeakMap<object, ReadonlyMap<string, number>>();

function indexOfName(stages: PlanOutline['stages'], name: string): number {
  let indexes = INDEXES.get(stages);
  if (indexes === undefined) {
    indexes = new Map(stages.map((stage, index) => [stage.name, index]));
    INDEXES.set(stages, indexes);
  }
  return indexes.get(name) ?? -1;
}
