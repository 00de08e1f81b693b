import { RecordView } from '../../../../src/master/scheduler/record-view.ts';
import type { StageRecord, TaskRecord } from '../../../../src/master/scheduler/records.ts';
import type { Changes, Store } from '../../../../src/master/store/store.ts';

/** A store that keeps its records while the test runs, and whose writes can be held up or made to fail. */
export class GatedStore implements Store {
  /** Every batch that was written, or is held up. */
  readonly batches: Changes[] = [];
  isClosed = false;
  /** When set, writes fail with it. */
  failure: Error | null = null;
  readonly #records = new RecordView({ tasks: [], stages: [] });
  #gate: Promise<void> = Promise.resolve();
  #isWriting = false;

  /** Writes wait from now on until the function that this returns is called. */
  hold(): () => void {
    let open = (): void => undefined;
    this.#gate = new Promise((resolve) => (open = resolve));
    return open;
  }

  /** The newest come first: no order is promised. */
  load(): Promise<{ tasks: TaskRecord[]; stages: StageRecord[] }> {
    return Promise.resolve({
      tasks: [...this.#records.tasks.values()].reverse(),
      stages: [...this.#records.stages.values()],
    });
  }

  async write(changes: Changes): Promise<void> {
    if (this.#isWriting) throw new Error('a write began before the one before it had ended');
    this.#isWriting = true;
    this.batches.push(changes);
    await this.#gate;
    this.#isWriting = false;
    if (this.isClosed) throw new Error('the store is closed');
    if (this.failure !== null) throw this.failure;
    this.#records.update(changes);
  }

  close(): Promise<void> {
    this.isClosed = true;
    return Promise.resolve();
  }

  stage(id: string): StageRecord | undefined {
    return this.#records.stages.get(id);
  }

  task(name: string): TaskRecord | undefined {
    return this.#records.tasks.get(name);
  }
}
