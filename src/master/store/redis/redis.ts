import type { Changes } from '../../state/changes.ts';
import type { PlanOutline, StageSpec, StageState, TaskRecord } from '../../state/records.ts';
import { stageIdsOf } from '../../state/submission.ts';
import type { LoadedState, Store, StoreOptions } from '../store.ts';
import { factsJson } from './adopt.ts';
import { readTask } from './java-read.ts';
import { stageJson, taskJson, type WholePlan } from './java-write.ts';
import { RedisKeys } from './keys.ts';
import { RedisLink } from './link.ts';
import { loadState } from './load.ts';
import { Operations } from './operations.ts';
import { Plans } from './plans.ts';
import { RedisReader } from './reader.ts';
import type { RedisSettings } from './settings.ts';
import { RedisWriter } from './writer.ts';

/** Redis, below the keys of the Java master: see keys.ts. Every write is one script, which checks that nobody else writes. */
export class RedisStore implements Store {
  readonly isLasting = true;
  readonly #settings: RedisSettings;
  readonly #options: StoreOptions;
  readonly #link: RedisLink;
  readonly #keys: RedisKeys;
  /** Fails while there is no connection. */
  readonly #reader: RedisReader;
  /** Waits for it. */
  readonly #patient: RedisReader;
  readonly #writer: RedisWriter;
  readonly #plans: Plans;
  /** The plan of each task that is there. */
  readonly #planIds = new Map<string, string>();
  readonly #onClose: () => Promise<void>;

  private constructor(
    settings: RedisSettings,
    options: StoreOptions,
    parts: { readonly link: RedisLink; readonly keys: RedisKeys; readonly writer: RedisWriter },
    onClose: () => Promise<void>,
  ) {
    this.#settings = settings;
    this.#options = options;
    this.#link = parts.link;
    this.#keys = parts.keys;
    this.#writer = parts.writer;
    const { link, keys } = parts;
    this.#reader = new RedisReader(
      keys,
      () => link.where,
      (work) => link.read(work),
    );
    this.#patient = new RedisReader(
      keys,
      () => link.where,
      (work) => link.wait(work),
    );
    this.#plans = new Plans(this.#patient);
    this.#onClose = onClose;
  }

  /**
   * Takes the state over: a master that has it still can't write any more.
   * @param onClose lets go of what only this store's master may use
   * @throws ConfigError the settings, or those of the server, don't do; UnreachableError it can't be reached
   */
  static async open(
    settings: RedisSettings,
    options: StoreOptions = {},
    onClose: () => Promise<void> = () => Promise.resolve(),
  ): Promise<RedisStore> {
    const keys = new RedisKeys(settings.prefix);
    const { link, started: epoch } = await RedisLink.open(
      settings,
      ['GET', keys.epoch],
      options,
      (connection) => RedisWriter.takeOver(connection, keys),
    );
    const writer = new RedisWriter(link, keys, epoch);
    link.onBeat((answer) => {
      const fenced = writer.fencedBy(answer);
      if (fenced !== null) options.onFenced?.(fenced);
    });
    return new RedisStore(settings, options, { link, keys, writer }, onClose);
  }

  async load(): Promise<LoadedState> {
    const { tasks, plans, stages, adopted, expired, orphans } = await loadState(this.#patient, (text) =>
      this.#options.onNotice?.(text),
    );
    const isAdopted = new Set(adopted.flatMap((changes) => changes.tasks.map(({ name }) => name)));
    for (const { name, planId } of tasks) if (!isAdopted.has(name)) this.#planIds.set(name, planId);
    for (const changes of adopted) await this.write(changes);
    if (expired.length + orphans.length > 0)
      await this.write({ plans: [], tasks: [], stages: [], deletedTasks: expired, deletedPlans: orphans });
    return { tasks, plans, stages };
  }

  async write({ plans, tasks, stages, deletedTasks, deletedPlans }: Changes): Promise<void> {
    const keys = this.#keys;
    const operations = new Operations(keys, this.#settings.retentionMs);
    for (const name of deletedTasks) {
      operations.deleteTask(name);
      operations.deleteField(keys.tasks, name);
    }
    for (const id of deletedPlans) {
      operations.delete(keys.plan(id));
      operations.delete(keys.spec(id));
      operations.removeMember(keys.plans, id);
      this.#plans.remove(id);
    }
    const given = new Map<string, WholePlan>();
    for (const plan of plans) {
      const before = operations.length;
      operations.set(keys.plan(plan.id), JSON.stringify(plan.outline));
      for (const [index, spec] of plan.specs.entries())
        operations.setField(keys.spec(plan.id), String(index), JSON.stringify(spec));
      operations.addMember(keys.plans, plan.id);
      given.set(plan.id, this.#plans.add(plan, operations.length - before));
    }
    await this.#addTasks(tasks, stages, given, operations);
    await this.#writer.write(operations);
    for (const name of deletedTasks) this.#planIds.delete(name);
    for (const { name, planId } of tasks) this.#planIds.set(name, planId);
  }

  readPlan(planId: string): Promise<PlanOutline | null> {
    return this.#plans.outline(planId, this.#reader);
  }

  readSpec(planId: string, index: number, patience?: 'waits'): Promise<StageSpec | null> {
    return (patience === 'waits' ? this.#patient : this.#reader).spec(planId, index);
  }

  async readStage(taskName: string, index: number): Promise<StageState | null> {
    const planId = await this.#planIdOf(taskName, this.#reader);
    const outline = planId === null ? null : await this.#plans.outline(planId, this.#reader);
    const id = outline === null ? undefined : stageIdsOf(taskName, outline)[index];
    if (id === undefined) return null;
    return (await this.#reader.stages([id])).get(id)?.state ?? null;
  }

  leave(): void {
    this.#link.leave();
  }

  async close(): Promise<void> {
    await this.#link.close();
    await this.#onClose();
  }

  /** Of a new task all stages are written, as the Java master looks for them. */
  async #addTasks(
    tasks: readonly TaskRecord[],
    stages: Changes['stages'],
    given: ReadonlyMap<string, WholePlan>,
    operations: Operations,
  ): Promise<void> {
    const planIds = new Map(tasks.map(({ name, planId }) => [name, planId]));
    const states = new Map<string, Map<number, StageState | null>>();
    const statesOf = (name: string): Map<number, StageState | null> => {
      const found = states.get(name) ?? new Map<number, StageState | null>();
      states.set(name, found);
      return found;
    };
    const wholePlan = (id: string): WholePlan | Promise<WholePlan> => given.get(id) ?? this.#plans.whole(id);
    for (const { taskName, index, state } of stages) statesOf(taskName).set(index, state);
    for (const task of tasks) {
      if (this.#planIds.has(task.name)) continue;
      const { outline } = await wholePlan(task.planId);
      const own = statesOf(task.name);
      for (const index of outline.stages.keys()) if (!own.has(index)) own.set(index, null);
      operations.setField(this.#keys.tasks, task.name, factsJson(task));
    }
    for (const [name, own] of states) {
      const planId = planIds.get(name) ?? (await this.#planIdOf(name, this.#patient));
      if (planId === null) throw this.#reader.corrupt(this.#keys.task(name), 'it is not there');
      const plan = await wholePlan(planId);
      const ids = stageIdsOf(name, plan.outline);
      for (const [index, state] of own)
        operations.set(this.#keys.stage(ids[index] ?? ''), stageJson(ids, index, plan, state));
    }
    for (const task of tasks) {
      const { outline } = await wholePlan(task.planId);
      operations.setTask(task.name, taskJson(task, outline), task.completeTime !== null);
    }
  }

  async #planIdOf(taskName: string, reader: RedisReader): Promise<string | null> {
    const known = this.#planIds.get(taskName);
    if (known !== undefined) return known;
    const [task] = await reader.tasks([taskName], readTask);
    return task?.own?.planId ?? null;
  }
}
