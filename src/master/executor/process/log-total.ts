import { open, stat } from 'node:fs/promises';
import { systemErrorCode } from '../../../model/errors.ts';
import type { Warn } from './attempt.ts';

/** Logs below this length, in bytes, are left alone, so that little has to be known of most of them. */
const SHORT = 16_384;
const DROPPED = '--- this log was removed: the logs of all stages together were too long ---\n';

/** How long a log of an attempt that has ended is, in bytes. */
export interface LogSize {
  readonly taskName: string;
  readonly path: string;
  readonly size: number;
}

/** Keeps the logs of all attempts that have ended together within a bound: the oldest go first. */
export class LogTotal {
  readonly #maxBytes: number;
  readonly #isLive: (path: string) => boolean;
  readonly #warn: Warn;
  /** The oldest first, by path. */
  readonly #logs = new Map<string, LogSize>();
  readonly #ofTask = new Map<string, Set<string>>();
  #total = 0;
  #dropping = Promise.resolve();

  /** @param isLive whether somebody writes to a log by now, which is not touched then */
  constructor(maxBytes: number, isLive: (path: string) => boolean, warn: Warn) {
    this.#maxBytes = maxBytes;
    this.#isLive = isLive;
    this.#warn = warn;
  }

  /** Counts a log as the newest, unless it is gone already. Resolves when the total is within its bound. */
  async add(log: LogSize): Promise<void> {
    this.#note(log);
    await this.#removeGone([log]);
    await this.#dropOldest();
  }

  /** Counts logs, the oldest first, that are older than all that are known. */
  async addOlder(older: readonly LogSize[]): Promise<void> {
    const known = [...this.#logs.values()];
    for (const { path } of known) this.#remove(path);
    for (const log of [...older, ...known]) {
      if (!this.#isLive(log.path)) this.#note(log);
    }
    await this.#removeGone(older);
    await this.#dropOldest();
  }

  /** The logs of a task are gone. */
  forget(taskName: string): void {
    for (const path of this.#ofTask.get(taskName) ?? []) this.#remove(path);
  }

  /** Resolves when nothing is being removed. */
  settled(): Promise<void> {
    return this.#dropping;
  }

  #note(log: LogSize): void {
    const { taskName, path, size } = log;
    this.#remove(path);
    if (size < SHORT) return;
    this.#logs.set(path, log);
    this.#total += size;
    const paths = this.#ofTask.get(taskName) ?? new Set();
    this.#ofTask.set(taskName, paths.add(path));
  }

  #remove(path: string): void {
    const log = this.#logs.get(path);
    if (log === undefined) return;
    this.#logs.delete(path);
    this.#total -= log.size;
    const paths = this.#ofTask.get(log.taskName);
    paths?.delete(path);
    if (paths?.size === 0) this.#ofTask.delete(log.taskName);
  }

  /** A task can have been forgotten between a look at its log and the note of it. */
  async #removeGone(logs: readonly LogSize[]): Promise<void> {
    for (const { path } of logs) {
      if (this.#logs.has(path) && (await isGone(path))) this.#remove(path);
    }
  }

  #dropOldest(): Promise<void> {
    this.#dropping = this.#dropping.then(async () => {
      while (this.#total > this.#maxBytes) {
        const [path] = this.#logs.keys();
        if (path === undefined) return;
        this.#remove(path);
        if (!this.#isLive(path)) await this.#drop(path);
      }
    });
    return this.#dropping;
  }

  /** Leaves one line of a log that says so. One that is not there any more is not made again. */
  async #drop(path: string): Promise<void> {
    try {
      const log = await open(path, 'r+');
      try {
        await log.truncate(0);
        await log.writeFile(DROPPED);
      } finally {
        await log.close();
      }
    } catch (thrown) {
      if (systemErrorCode(thrown) !== 'ENOENT') this.#warn(`can't remove the log ${path}`, thrown);
    }
  }
}

async function isGone(path: string): Promise<boolean> {
  try {
    await stat(path);
    return false;
  } catch (thrown) {
    return systemErrorCode(thrown) === 'ENOENT';
  }
}
