import { setTimeout as delay } from 'node:timers/promises';
import type { BatchOperation, ClassicLevel } from 'classic-level';
import { systemErrorCode } from '../../model/errors.ts';
import type { StoreOptions } from './store.ts';

export type Operation = BatchOperation<ClassicLevel, string, string>;

/** What is done about a full disk. */
type FullDiskOptions = Pick<StoreOptions, 'onDiskFull' | 'onWaiting'>;

const TRY_AGAIN_MS = 1000;

/** True where the disk is full, or the user's share of it. The database has no code of its own for that, only the system's words. */
export function isDiskFull(thrown: unknown): boolean {
  if (!(thrown instanceof Error)) return false;
  const isFull = /No space left on device|Disk quota exceeded/.test(thrown.message);
  return (systemErrorCode(thrown) === 'LEVEL_IO_ERROR' && isFull) || isDiskFull(thrown.cause);
}

/**
 * Writes to a database, and waits where its disk is full.
 *
 * A failed write can leave half a record. What LevelDB then writes after it is reported as written, yet is gone once the
 * database is opened again, so it is opened anew before anything else is written. The failed write may also have been made in
 * fact. Writing it once more does no harm: a batch only sets keys to values and deletes keys, nobody else writes in between,
 * and so it leaves the same state however often it is applied.
 */
export class FullDiskWriter {
  readonly #db: ClassicLevel;
  readonly #options: FullDiskOptions;
  readonly #leaving = new AbortController();
  /** Resolves when the database, which is being opened anew, can be read or is given up. */
  #recovery: Promise<void> | null = null;

  constructor(db: ClassicLevel, options: FullDiskOptions) {
    this.#db = db;
    this.#options = options;
  }

  /** Atomic and durable once resolved. One at a time. @throws Error of the database; of a full disk only when told to leave */
  async write(operations: Operation[]): Promise<void> {
    try {
      await this.#db.batch(operations, { sync: true });
    } catch (thrown) {
      if (!isDiskFull(thrown)) throw thrown;
      const written = this.#writeAgain(operations, thrown);
      this.#recovery = written.catch(() => undefined);
      await written.finally(() => (this.#recovery = null));
    }
  }

  /** Reads once the database is open. */
  async read<T>(look: (db: ClassicLevel) => Promise<T>): Promise<T> {
    await this.#recovery;
    return look(this.#db);
  }

  /** From now on a write that finds the disk full fails instead of waiting for room. */
  leave(): void {
    this.#leaving.abort();
  }

  async close(): Promise<void> {
    this.leave();
    await this.#recovery;
    await this.#db.close();
  }

  /** Until it works, or it is time to leave. */
  async #writeAgain(operations: Operation[], failure: unknown): Promise<void> {
    const { onDiskFull, onWaiting } = this.#options;
    onWaiting?.(`the state can't be written: the disk of ${this.#db.location} is full`);
    for (let last = failure; ;) {
      if ((await onDiskFull?.()) !== true) await this.#pause();
      try {
        await this.#db.close();
        await this.#db.open();
        await this.#db.batch(operations, { sync: true });
        onWaiting?.(null);
        return;
      } catch (thrown) {
        if (!isDiskFull(thrown)) throw thrown;
        last = thrown;
      }
      if (this.#leaving.signal.aborted) throw last;
    }
  }

  /** Over at once when it is time to leave. */
  async #pause(): Promise<void> {
    await delay(TRY_AGAIN_MS, undefined, { signal: this.#leaving.signal }).catch(() => undefined);
  }
}
