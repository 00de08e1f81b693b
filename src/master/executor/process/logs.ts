import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { workDirOf } from './files.ts';
import { systemErrorCode } from '../../../model/errors.ts';
import type { Warn } from './attempt.ts';
import { signalGroup } from './group.ts';
import { LogTotal, type LogSize } from './log-total.ts';
import { cutLog, finishLog, isLeftOfCut } from './log-trim.ts';
import { stageProcesses } from './survivors.ts';

export interface LogLimits {
  /** How long the log of an attempt may be, in bytes. */
  readonly maxLogBytes: number;
  /** How long the logs of attempts that have ended may be together, in bytes. Short ones don't count. */
  readonly maxTotalLogBytes: number;
}

/** An attempt that has ended, as far as its log is concerned. */
export interface EndedLog {
  readonly taskName: string;
  /** An earlier master may have cut it. */
  readonly isOld: boolean;
  /** The process group that its program may have left something in that still writes. */
  readonly group: number | null;
}

const [SOONEST_MS, FIRST_MS, LATEST_MS] = [20, 200, 5000];
/** How many tasks' folders are looked through at once. */
const AT_ONCE = 4;
/** How many logs of attempts that have ended are watched, at most. */
const MAX_LEFT = 10_000;

interface Watch {
  readonly path: string;
  size: number;
  wasCut: boolean;
  isUnbounded: boolean;
  at: number;
  timer: NodeJS.Timeout | undefined;
  /** The look that goes on. */
  looking: Promise<void>;
}

/**
 * Keeps the logs of attempts within bounds. Programs write to them by descriptors of their own, so that their lengths
 * are looked at from time to time: seldom where they don't grow, soon where they are about to be too long. That goes on
 * after an attempt's end for as long as what it has left in its process group may write.
 */
export class Logs {
  readonly #limits: LogLimits;
  readonly #warn: Warn;
  readonly #live = new Map<string, Watch>();
  /** Those among them whose attempts have ended, the oldest first. */
  readonly #left = new Map<string, EndedLog & { readonly group: number }>();
  readonly #finishing = new Set<Promise<void>>();
  readonly #total: LogTotal;

  constructor(limits: LogLimits, warn: Warn) {
    this.#limits = limits;
    this.#warn = warn;
    this.#total = new LogTotal(limits.maxTotalLogBytes, (path) => this.#live.has(path), warn);
  }

  /** Begins to watch the log of an attempt that runs. */
  watch(path: string): void {
    this.#left.delete(path);
    if (!this.#live.has(path)) this.#lookAfter(this.#added(path), FIRST_MS);
  }

  /**
   * Gives the log of an attempt that has ended its last form, once nothing can write to it any more. Never rejects: a log
   * that can't be read stays as it is.
   */
  async ended(path: string, log: EndedLog): Promise<void> {
    const group = log.group ?? this.#left.get(path)?.group ?? null;
    if (group !== null && signalGroup(group, 0) && this.#live.has(path)) {
      this.#leave(path, { ...log, group });
      return;
    }
    this.#left.delete(path);
    const finishing = this.#finish(path, log);
    this.#finishing.add(finishing);
    await finishing;
    this.#finishing.delete(finishing);
  }

  /** The logs of a task are gone. */
  forget(taskName: string): void {
    this.#total.forget(taskName);
  }

  /**
   * Looks once for the logs that earlier masters left in the folder of all runs, and finishes what they did not.
   * @throws Error of the file system
   */
  async find(stateDir: string): Promise<void> {
    const runsDir = join(stateDir, 'runs');
    const processes = await stageProcesses();
    const groups =
      processes &&
      new Map(
        processes.map(({ stageId, attempt, workDir, group }) => [`${workDir}/${stageId}/${attempt}`, group]),
      );
    const found: (LogSize & { readonly time: number })[] = [];
    const tasks = await readdir(runsDir);
    const work = async (): Promise<void> => {
      for (let taskName = tasks.pop(); taskName !== undefined; taskName = tasks.pop()) {
        for (const stage of await namesIn(join(runsDir, taskName))) {
          for (const attempt of await namesIn(join(runsDir, taskName, stage))) {
            const folder = join(runsDir, taskName, stage, attempt);
            const isCut = (await namesIn(folder)).some(isLeftOfCut);
            const path = join(folder, 'log');
            const stats = await stat(path).catch(() => null);
            if (stats === null || this.#live.has(path)) continue;
            const group = groups?.get(`${workDirOf(stateDir, taskName)}/${stage}/${attempt}`);
            if (group !== undefined) {
              this.watch(path);
              this.#leave(path, { taskName, isOld: true, group });
              continue;
            }
            // Where it can't be seen whether something writes, it is left alone.
            const isOff = groups !== null && (isCut || stats.size > this.#limits.maxLogBytes);
            const size = isOff ? await this.#finishFound(path) : stats.size;
            found.push({ taskName, path, size, time: stats.mtimeMs });
          }
        }
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
    await this.#total.addOlder(found.sort((one, other) => one.time - other.time));
  }

  /** Stops watching, once the logs of attempts that have ended have their last form. */
  async close(): Promise<void> {
    for (const [path, log] of [...this.#left]) {
      if (!signalGroup(log.group, 0)) void this.ended(path, log);
    }
    await Promise.all(this.#finishing);
    const live = [...this.#live.values()];
    this.#live.clear();
    this.#left.clear();
    for (const { timer } of live) clearTimeout(timer);
    await Promise.all([...live.map(({ looking }) => looking), this.#total.settled()]);
  }

  #added(path: string): Watch {
    const watch: Watch = {
      path,
      size: 0,
      wasCut: false,
      isUnbounded: false,
      at: performance.now(),
      timer: undefined,
      looking: Promise.resolve(),
    };
    this.#live.set(path, watch);
    return watch;
  }

  #leave(path: string, log: EndedLog & { readonly group: number }): void {
    this.#left.set(path, log);
    if (this.#left.size <= MAX_LEFT) return;
    const [oldest] = this.#left;
    if (oldest === undefined) return;
    this.#warn(`${oldest[0]} is not watched any more, though something may still write to it`);
    this.#left.delete(oldest[0]);
    void this.ended(oldest[0], { ...oldest[1], group: null });
  }

  async #finish(path: string, { taskName, isOld }: EndedLog): Promise<void> {
    const watch = this.#live.get(path);
    clearTimeout(watch?.timer);
    await watch?.looking;
    try {
      let { size } = await stat(path);
      const { maxLogBytes } = this.#limits;
      if (isOld || watch?.wasCut === true || size > maxLogBytes) size = await finishLog(path, maxLogBytes);
      this.#live.delete(path);
      await this.#total.add({ taskName, path, size });
    } catch (thrown) {
      this.#live.delete(path);
      // One that was never begun, or is gone with its task, is no trouble.
      if (systemErrorCode(thrown) !== 'ENOENT') this.#warn(`can't shorten the log ${path}`, thrown);
    }
  }

  /** Answers its length. Meanwhile, it counts as live, so that nobody else touches it. */
  async #finishFound(path: string): Promise<number> {
    const watch = this.#added(path);
    let size = 0;
    watch.looking = finishLog(path, this.#limits.maxLogBytes).then(
      (length) => {
        size = length;
      },
      (error: unknown) => this.#warn(`can't shorten the log ${path}`, error),
    );
    await watch.looking;
    if (this.#live.get(path) === watch) this.#live.delete(path);
    return size;
  }

  #lookAfter(watch: Watch, ms: number): void {
    if (this.#live.get(watch.path) !== watch) return;
    watch.timer = setTimeout(() => {
      const log = this.#left.get(watch.path);
      if (log !== undefined && !signalGroup(log.group, 0)) void this.ended(watch.path, log);
      else watch.looking = this.#look(watch).then((next) => this.#lookAfter(watch, next));
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
    } catch (thrown) {
      this.#onUnreadable(watch, thrown);
      return LATEST_MS;
    }
  }

  #onUnreadable(watch: Watch, error: unknown): void {
    if (systemErrorCode(error) === 'ENOENT') {
      // Its task was forgotten.
      if (this.#left.delete(watch.path)) this.#live.delete(watch.path);
    } else if (!watch.isUnbounded) {
      watch.isUnbounded = true;
      this.#warn(`can't keep the log ${watch.path} within its bound, and tries on`, error);
    }
  }
}

/** None where that is no folder. */
async function namesIn(folder: string): Promise<string[]> {
  return readdir(folder).catch(() => []);
}
