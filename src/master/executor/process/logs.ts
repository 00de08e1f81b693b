import { open, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { cutLog, finishLog } from './log-trim.ts';

export interface LogLimits {
  /** How long the log of an attempt may be, in bytes. */
  readonly maxLogBytes: number;
  /** How long the logs of attempts that have ended may be together, in bytes. Short ones don't count. */
  readonly maxTotalLogBytes: number;
}

/** Logs below this length, in bytes, are left alone, so that little has to be known of most of them. */
const SHORT = 16_384;
const [SOONEST_MS, FIRST_MS, LATEST_MS] = [20, 200, 5000];
/** How many tasks' folders are looked through at once. */
const AT_ONCE = 4;
const DROPPED = '--- this log was removed: the logs of all stages together were too long ---\n';

interface Watch {
  readonly path: string;
  size: number;
  wasCut: boolean;
  at: number;
  timer: NodeJS.Timeout | undefined;
  /** The look that goes on. */
  looking: Promise<void>;
}

/**
 * Keeps the logs of attempts within bounds. Programs write to them by descriptors of their own, so that their lengths
 * are looked at from time to time: seldom where they don't grow, soon where they are about to be too long.
 */
export class Logs {
  readonly #limits: LogLimits;
  readonly #live = new Map<string, Watch>();
  /** The lengths of logs of attempts that have ended, the oldest first, by task and path. */
  readonly #ended = new Map<string, { readonly taskName: string; readonly size: number }>();
  readonly #ofTask = new Map<string, Set<string>>();
  readonly #finishing = new Set<Promise<void>>();
  #total = 0;
  #dropping = Promise.resolve();

  constructor(limits: LogLimits) {
    this.#limits = limits;
  }

  /** Begins to watch the log of an attempt that runs. */
  watch(path: string): void {
    if (this.#live.has(path)) return;
    const watch: Watch = {
      path,
      size: 0,
      wasCut: false,
      at: performance.now(),
      timer: undefined,
      looking: Promise.resolve(),
    };
    this.#live.set(path, watch);
    this.#lookAfter(watch, FIRST_MS);
  }

  /**
   * Gives the log of an attempt that has ended its last form. `isOld`: an earlier master may have cut it. Never rejects:
   * a log that can't be read stays as it is.
   */
  async ended(taskName: string, path: string, isOld: boolean): Promise<void> {
    const finishing = this.#finish(taskName, path, isOld);
    this.#finishing.add(finishing);
    await finishing;
    this.#finishing.delete(finishing);
  }

  async #finish(taskName: string, path: string, isOld: boolean): Promise<void> {
    const watch = this.#live.get(path);
    clearTimeout(watch?.timer);
    await watch?.looking;
    try {
      let { size } = await stat(path);
      const { maxLogBytes } = this.#limits;
      if (isOld || watch?.wasCut === true || size > maxLogBytes) size = await finishLog(path, maxLogBytes);
      this.#live.delete(path);
      this.#note(taskName, path, size);
      await this.#dropOldest();
    } catch {
      this.#live.delete(path);
    }
  }

  /** The logs of a task are gone. */
  forget(taskName: string): void {
    for (const path of this.#ofTask.get(taskName) ?? []) this.#remove(path);
  }

  /** Looks once for the logs that earlier masters left in the folder of all runs. @throws Error of the file system */
  async find(runsDir: string): Promise<void> {
    const found: { taskName: string; path: string; size: number; time: number }[] = [];
    const tasks = await readdir(runsDir);
    const work = async (): Promise<void> => {
      for (let taskName = tasks.pop(); taskName !== undefined; taskName = tasks.pop()) {
        for (const stage of await namesIn(join(runsDir, taskName))) {
          for (const attempt of await namesIn(join(runsDir, taskName, stage))) {
            const path = join(runsDir, taskName, stage, attempt, 'log');
            const stats = await stat(path).catch(() => null);
            if (stats !== null && stats.size >= SHORT)
              found.push({ taskName, path, size: stats.size, time: stats.mtimeMs });
          }
        }
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
    const since = [...this.#ended].map(([path, entry]) => ({ path, ...entry }));
    for (const { path } of since) this.#remove(path);
    found.sort((one, other) => one.time - other.time);
    for (const { taskName, path, size } of [...found, ...since]) {
      if (!this.#live.has(path)) this.#note(taskName, path, size);
    }
    await this.#dropOldest();
  }

  /** Stops watching, once the logs of attempts that have ended have their last form. */
  async close(): Promise<void> {
    await Promise.all(this.#finishing);
    const live = [...this.#live.values()];
    this.#live.clear();
    for (const { timer } of live) clearTimeout(timer);
    await Promise.all([...live.map(({ looking }) => looking), this.#dropping]);
  }

  #lookAfter(watch: Watch, ms: number): void {
    if (this.#live.get(watch.path) !== watch) return;
    watch.timer = setTimeout(() => {
      watch.looking = this.#look(watch).then((next) => this.#lookAfter(watch, next));
    }, ms).unref();
  }

  /** Answers when to look again, in milliseconds. */
  async #look(watch: Watch): Promise<number> {
    const { maxLogBytes } = this.#limits;
    try {
      let { size } = await stat(watch.path);
      if (size > maxLogBytes) {
        watch.wasCut = true;
        await cutLog(watch.path, maxLogBytes);
        ({ size } = await stat(watch.path));
        watch.size = Math.min(watch.size, size);
      }
      const now = performance.now();
      const [grown, took] = [size - watch.size, now - watch.at];
      watch.size = size;
      watch.at = now;
      const next = grown > 0 ? ((maxLogBytes - size) / grown) * (took / 2) : took * 2;
      return Math.min(LATEST_MS, Math.max(SOONEST_MS, next));
    } catch {
      return LATEST_MS;
    }
  }

  #note(taskName: string, path: string, size: number): void {
    this.#remove(path);
    if (size < SHORT) return;
    this.#ended.set(path, { taskName, size });
    this.#total += size;
    const paths = this.#ofTask.get(taskName) ?? new Set();
    this.#ofTask.set(taskName, paths.add(path));
  }

  #remove(path: string): void {
    const entry = this.#ended.get(path);
    if (entry === undefined) return;
    this.#ended.delete(path);
    this.#total -= entry.size;
    const paths = this.#ofTask.get(entry.taskName);
    paths?.delete(path);
    if (paths?.size === 0) this.#ofTask.delete(entry.taskName);
  }

  #dropOldest(): Promise<void> {
    this.#dropping = this.#dropping.then(async () => {
      while (this.#total > this.#limits.maxTotalLogBytes) {
        const [path] = this.#ended.keys();
        if (path === undefined) return;
        this.#remove(path);
        // One that is not there any more is not made again.
        if (!this.#live.has(path)) await dropLog(path);
      }
    });
    return this.#dropping;
  }
}

/** Leaves one line of a log that says so. One that is not there any more, or can't be written, stays as it is. */
async function dropLog(path: string): Promise<void> {
  try {
    const log = await open(path, 'r+');
    try {
      await log.truncate(0);
      await log.writeFile(DROPPED);
    } finally {
      await log.close();
    }
  } catch {
    return;
  }
}

/** None where that is no folder. */
async function namesIn(folder: string): Promise<string[]> {
  return readdir(folder).catch(() => []);
}
