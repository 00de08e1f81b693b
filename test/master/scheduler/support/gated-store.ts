import type { Changes } from '../../../../src/master/state/changes.ts';
import {
  NEW_STAGE,
  type PlanOutline,
  type StageSpec,
  type StageState,
  type TaskRecord,
} from '../../../../src/master/state/records.ts';
import { MemoryStore } from '../../../../src/master/store/memory.ts';
import type { LoadedState, Store } from '../../../../src/master/store/store.ts';
import { Known } from './known.ts';

/** A store that keeps its records while the test runs, and whose writes can be held up or made to fail. */
export class GatedStore implements Store {
  /** Every batch that was written, or is held up. */
  readonly batches: Changes[] = [];
  isClosed = false;
  isLasting = true;
  /** When set, writes fail with it. */
  failure: Error | null = null;
  readonly #memory = new MemoryStore();
  readonly #known = new Known();
  #gate: Promise<void> = Promise.resolve();
  #isWriting = false;

  /** Writes wait from now on until the function that this returns is called. */
  hold(): () => void {
    let open = (): void => undefined;
    this.#gate = new Promise((resolve) => (open = resolve));
    return open;
  }

  /** The newest come first: no order is promised. */
  async load(): Promise<LoadedState> {
    const loaded = await this.#memory.load();
    return { ...loaded, tasks: loaded.tasks.toReversed() };
  }

  async write(changes: Changes): Promise<void> {
    if (this.#isWriting) throw new Error('a write began before the one before it had ended');
    this.#isWriting = true;
    this.batches.push(changes);
    await this.#gate;
    this.#isWriting = false;
    if (this.isClosed) throw new Error('the store is closed');
    if (this.failure !== null) throw this.failure;
    this.#known.update(changes);
    await this.#memory.write(changes);
  }

  readPlan(planId: string): Promise<PlanOutline | null> {
    return this.#memory.readPlan(planId);
  }

  readSpec(planId: string, index: number): Promise<StageSpec | null> {
    return this.#memory.readSpec(planId, index);
  }

  readStage(taskName: string, index: number): Promise<StageState | null> {
    return this.#memory.readStage(taskName, index);
  }

  leave(): void {
    return;
  }

  close(): Promise<void> {
    this.isClosed = true;
    return Promise.resolve();
  }

  /** By id; of a stage that was never changed, as it is when it is new. */
  stage(id: string): StageState | undefined {
    return this.#known.stage(id)?.state ?? (this.#known.idsOf().includes(id) ? NEW_STAGE : undefined);
  }

  task(name: string): TaskRecord | undefined {
    return this.#known.tasks.get(name);
  }
}
