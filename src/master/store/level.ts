import { errorMessage } from '../../model/errors.ts';
import type { Changes } from '../state/changes.ts';
import { StoreCorruptError } from '../state/corrupt.ts';
import type { PlanOutline, StageSpec, StageState, TaskRecord } from '../state/records.ts';
import { decodePlan, decodeSpec, decodeState, decodeTask } from './decode.ts';
import { type Database, isDamage, openDatabase, SET_ASIDE } from './level-database.ts';
import { FullDiskWriter, type Operation } from './level-full-disk.ts';
import { interner } from './intern.ts';
import { keyOf, rangeOf } from './level-keys.ts';
import type { LoadedState, Store, StoreOptions } from './store.ts';

const READ_AT_ONCE = 1000;
/** Outlines of finished tasks' plans that are kept for the next look at them. */
const PLANS_KEPT = 64;

/** LevelDB in `<stateDir>/store`; the keys are those of level-keys.ts, the values JSON. Every write is one synced batch. */
export class LevelStore implements Store {
  readonly isLasting = true;
  readonly #db: Database;
  readonly #writer: FullDiskWriter;
  readonly #stateDir: string;
  readonly #plans = new Map<string, PlanOutline>();

  private constructor(db: Database, stateDir: string, options: StoreOptions) {
    this.#db = db;
    this.#writer = new FullDiskWriter(db, options);
    this.#stateDir = stateDir;
  }

  /** @throws ConfigError when the directory can't be used, StoreCorruptError when something else is in it */
  static async open(stateDir: string, options: StoreOptions): Promise<LevelStore> {
    return new LevelStore(await openDatabase(stateDir, options), stateDir, options);
  }

  async load(): Promise<LoadedState> {
    const tasks = await this.#loadTasks();
    const plans = new Map<string, PlanOutline>();
    const stages = new Map<string, Map<number, StageState>>();
    for (const { name, planId, completeTime } of tasks) {
      if (completeTime !== null) continue;
      const plan = plans.get(planId) ?? (await this.readPlan(planId));
      if (plan === null) throw this.#corrupt(keyOf.task(name), `its plan ${planId} is not there`);
      plans.set(planId, plan);
      stages.set(name, await this.#loadStages(name, plan));
    }
    return { tasks, plans, stages };
  }

  async write({ plans, tasks, stages, deletedTasks, deletedPlans }: Changes): Promise<void> {
    const operations: Operation[] = [];
    for (const name of deletedTasks) {
      operations.push({ type: 'del', key: keyOf.task(name) });
      for (const key of await this.#keys(rangeOf.stages(name))) operations.push({ type: 'del', key });
    }
    for (const id of deletedPlans) {
      operations.push({ type: 'del', key: keyOf.plan(id) });
      for (const key of await this.#keys(rangeOf.specs(id))) operations.push({ type: 'del', key });
      this.#plans.delete(id);
    }
    // Of two operations on one key the later one counts.
    for (const { id, outline, specs } of plans) {
      operations.push(put(keyOf.plan(id), outline));
      for (const [index, spec] of specs.entries()) operations.push(put(keyOf.spec(id, index), spec));
    }
    for (const task of tasks) operations.push(put(keyOf.task(task.name), task));
    for (const { taskName, index, state } of stages)
      operations.push(put(keyOf.stage(taskName, index), state));
    await this.#writer.write(operations);
  }

  async readPlan(planId: string): Promise<PlanOutline | null> {
    const known = this.#plans.get(planId);
    if (known !== undefined) return known;
    const plan = await this.#read(keyOf.plan(planId), decodePlan);
    if (plan === null) return null;
    this.#plans.set(planId, plan);
    for (const oldest of this.#plans.keys()) {
      if (this.#plans.size <= PLANS_KEPT) break;
      this.#plans.delete(oldest);
    }
    return plan;
  }

  readSpec(planId: string, index: number): Promise<StageSpec | null> {
    return this.#read(keyOf.spec(planId, index), decodeSpec);
  }

  readStage(taskName: string, index: number): Promise<StageState | null> {
    return this.#read(keyOf.stage(taskName, index), decodeState);
  }

  leave(): void {
    this.#writer.leave();
  }

  close(): Promise<void> {
    return this.#writer.close();
  }

  async #loadTasks(): Promise<TaskRecord[]> {
    const tasks: TaskRecord[] = [];
    const intern = interner();
    for await (const [key, json] of this.#entries(rangeOf.tasks)) {
      const task = this.#decode(key, json, decodeTask);
      if (key !== keyOf.task(task.name)) throw this.#corrupt(key, `it holds the task ${task.name}`);
      const { planName, planDir, planId } = task;
      tasks.push({ ...task, planName: intern(planName), planDir: intern(planDir), planId: intern(planId) });
    }
    return tasks;
  }

  async #loadStages(taskName: string, plan: PlanOutline): Promise<Map<number, StageState>> {
    const states = new Map<number, StageState>();
    const range = rangeOf.stages(taskName);
    for await (const [key, json] of this.#entries(range)) {
      const index = Number(key.slice(range.gt.length));
      if (plan.stages[index] === undefined || key !== keyOf.stage(taskName, index))
        throw this.#corrupt(key, 'its plan has no such stage');
      states.set(index, this.#decode(key, json, decodeState));
    }
    return states;
  }

  async *#entries(range: { readonly gt: string; readonly lt: string }): AsyncGenerator<[string, string]> {
    const iterator = this.#db.iterator({ ...range, fillCache: false });
    try {
      for (;;) {
        const entries = await iterator
          .nextv(READ_AT_ONCE)
          .catch((thrown: unknown) => this.#unreadable(`${range.gt}…`, thrown));
        if (entries.length === 0) return;
        yield* entries;
      }
    } finally {
      await iterator.close();
    }
  }

  async #read<T>(key: string, decode: (json: string) => T): Promise<T | null> {
    const json = await this.#writer
      .read((db) => db.get(key))
      .catch((thrown: unknown) => this.#unreadable(key, thrown));
    return json === undefined ? null : this.#decode(key, json, decode);
  }

  #keys(range: { readonly gt: string; readonly lt: string }): Promise<string[]> {
    return this.#db
      .keys(range)
      .all()
      .catch((thrown: unknown) => this.#unreadable(`${range.gt}…`, thrown));
  }

  /** @param what the key, or what the keys that were read begin with. @throws always: what was thrown, or what it means */
  #unreadable(what: string, thrown: unknown): never {
    if (!isDamage(thrown)) throw thrown;
    throw this.#corrupt(what, errorMessage(thrown), thrown);
  }

  #decode<T>(key: string, json: string, decode: (json: string) => T): T {
    try {
      return decode(json);
    } catch (thrown) {
      throw this.#corrupt(key, errorMessage(thrown), thrown);
    }
  }

  #corrupt(key: string, problem: string, cause?: unknown): StoreCorruptError {
    return new StoreCorruptError(
      `the record ${JSON.stringify(key)} in the state directory ${this.#stateDir} is damaged: ${problem}`,
      { hint: SET_ASIDE, cause },
    );
  }
}

function put(key: string, record: TaskRecord | PlanOutline | StageSpec | StageState): Operation {
  return { type: 'put', key, value: JSON.stringify(record) };
}
