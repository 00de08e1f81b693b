import { setMaxListeners } from 'node:events';
import { isAbsolute } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { locatePath } from '../results/path.ts';
import { WebHdfs } from '../results/webhdfs.ts';
import type { OutputPlace } from './executor/executor.ts';
import { LOOKS_AT_ONCE, PathLooker, type Sight } from './path-looker.ts';

/** How long a path that is not there gets to appear: a file may become visible here a moment after its program has ended. */
const SECOND_LOOK_MS = 500;

export interface OutputCheckerOptions {
  /** How long the check of one stage's outputs may take, in milliseconds. */
  readonly timeoutMs: number;
  /** Where WebHDFS or HttpFS listens; without it, nothing is known of `hdfs://`. */
  readonly webhdfs: string | null;
  readonly hdfsUser: string | null;
  /** Told once that local results can't be checked, until they can be again. */
  readonly onWarning: (error: Error) => void;
}

/** Finds out whether the outputs that a plan declares are there when their stage has ended. */
export class OutputChecker {
  readonly #options: OutputCheckerOptions;
  readonly #looker: PathLooker;
  readonly #turns = new Turns(LOOKS_AT_ONCE);
  readonly #running = new Set<AbortController>();
  #isClosed = false;

  constructor(options: OutputCheckerOptions) {
    this.#options = options;
    this.#looker = new PathLooker((cause) =>
      options.onWarning(
        new Error(`declared results on this machine are not checked: ${cause.message}`, { cause }),
      ),
    );
  }

  /**
   * The first path that is certainly not there. Null where all are there, and also where that can't be told: a place that
   * is not visible from here, a storage that is unknown, refuses or does not answer in time. Never rejects.
   */
  async missing(places: readonly OutputPlace[]): Promise<string | null> {
    const visible = places.filter(({ isVisible }) => isVisible);
    if (this.#isClosed || visible.length === 0) return null;
    const stop = new AbortController();
    // Every path waits for it.
    setMaxListeners(0, stop.signal);
    this.#running.add(stop);
    const timer = setTimeout(() => stop.abort(), this.#options.timeoutMs);
    try {
      const sights = await Promise.all(visible.map(({ path }) => this.#sightOf(path, stop.signal)));
      return visible[sights.indexOf('missing')]?.path ?? null;
    } finally {
      clearTimeout(timer);
      this.#running.delete(stop);
    }
  }

  /** Ends all checks: they can't tell any more. */
  close(): Promise<void> {
    this.#isClosed = true;
    for (const stop of this.#running) stop.abort();
    this.#looker.close();
    return Promise.resolve();
  }

  async #sightOf(path: string, signal: AbortSignal): Promise<Sight> {
    try {
      const first = await this.#turns.take(signal, () => this.#look(path, signal));
      if (first !== 'missing') return first;
      await sleep(SECOND_LOOK_MS, undefined, { signal });
      return await this.#turns.take(signal, () => this.#look(path, signal));
    } catch {
      // The time is over, or HDFS did not answer as it should: nothing is certain.
      return 'unknown';
    }
  }

  /**
   * A directory is there even when it holds no files: an output may well be empty, and part files are a custom of some
   * programs, not a rule.
   */
  async #look(path: string, signal: AbortSignal): Promise<Sight> {
    const { webhdfs, hdfsUser, timeoutMs } = this.#options;
    const place = locatePath(path);
    if (place.storage === 'local') {
      return isAbsolute(place.path) ? this.#looker.look(place.path, signal) : 'unknown';
    }
    if (place.storage === 'unknown' || webhdfs === null) return 'unknown';
    const hdfs = new WebHdfs(webhdfs, { user: hdfsUser ?? undefined, signal, timeout: timeoutMs });
    return (await hdfs.exists(place.path)) ? 'there' : 'missing';
  }
}

/** Lets only so many actions run at once. */
class Turns {
  #free: number;
  readonly #waiting = new Set<() => void>();

  constructor(atOnce: number) {
    this.#free = atOnce;
  }

  /** @throws the signal's reason where it is aborted before it is this action's turn */
  async take<T>(signal: AbortSignal, action: () => Promise<T>): Promise<T> {
    if (this.#free > 0) this.#free -= 1;
    else await this.#turn(signal);
    try {
      signal.throwIfAborted();
      return await action();
    } finally {
      // A turn is handed on, or else it is free again.
      const [next] = this.#waiting;
      if (next === undefined) this.#free += 1;
      else next();
    }
  }

  #turn(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const mine = (): void => {
        this.#waiting.delete(mine);
        signal.removeEventListener('abort', tooLate);
        resolve();
      };
      const tooLate = (): void => {
        this.#waiting.delete(mine);
        reject(signal.reason as Error);
      };
      this.#waiting.add(mine);
      signal.addEventListener('abort', tooLate, { once: true });
    });
  }
}
