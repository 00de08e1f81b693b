import type { Log } from './log.ts';

/** Each kind of warning comes at most once in so many milliseconds. */
const EVERY_MS = 1000;

/** Warns of limits that clients hit. How often they do is up to them, so that of each kind only the number is logged when there are many. */
export class LimitLog {
  readonly #log: Pick<Log, 'warn'>;
  /** By message: how many have come since the last line. */
  readonly #more = new Map<string, { count: number; readonly timer: NodeJS.Timeout }>();

  constructor(log: Pick<Log, 'warn'>) {
    this.#log = log;
  }

  /** @param message names the limit; one of few */
  hit(message: string, error: unknown): void {
    const more = this.#more.get(message);
    if (more === undefined) {
      this.#log.warn(message, error);
      this.#begin(message);
    } else {
      more.count += 1;
    }
  }

  /** Says what has not been said yet. */
  close(): void {
    for (const [message, { count, timer }] of this.#more) {
      clearTimeout(timer);
      this.#tell(message, count);
    }
    this.#more.clear();
  }

  #begin(message: string): void {
    const timer = setTimeout(() => this.#over(message), EVERY_MS).unref();
    this.#more.set(message, { count: 0, timer });
  }

  #over(message: string): void {
    const count = this.#more.get(message)?.count ?? 0;
    this.#more.delete(message);
    if (count === 0) return;
    this.#tell(message, count);
    this.#begin(message);
  }

  #tell(message: string, count: number): void {
    if (count > 0) this.#log.warn(`${message}, and ${count} more`, undefined, { count });
  }
}
