import { durationText } from '../output/times.ts';

/** An answer that takes longer than this is taken for none when the wait is over. */
const SLOW_MS = 2_000;

/** How long the master has not answered, and when that is worth saying. */
export class Silence {
  readonly #noteEveryMs: number;
  #since: Date | null = null;
  #notedAt: number | null = null;
  #lastError: Error | null = null;

  /** @param noteEveryMs so often it is said that the master still does not answer */
  constructor(noteEveryMs: number) {
    this.#noteEveryMs = noteEveryMs;
  }

  asked(): void {
    this.#since ??= new Date();
  }

  answered(): void {
    this.#since = null;
    this.#notedAt = null;
    this.#lastError = null;
  }

  /** @returns what is to be said of it now, or null: at first, and then from time to time */
  failed(error: Error): string | null {
    this.#lastError = error;
    const now = performance.now();
    if (this.#notedAt === null) {
      this.#notedAt = now;
      return `${error.message}; trying again until it answers`;
    }
    if (now - this.#notedAt < this.#noteEveryMs) return null;
    this.#notedAt = now;
    const ms = Date.now() - (this.#since ?? new Date()).getTime();
    return `the master has not answered for ${durationText(Math.round(ms / 1000) * 1000)}: ${error.message}`;
  }

  /** What the last question ended with, where no answer has come since. */
  get lastError(): Error | null {
    return this.#lastError;
  }

  /** When the first question was asked that is without an answer; null where that may just be on its way. */
  get since(): Date | null {
    if (this.#since === null) return null;
    return this.#lastError !== null || Date.now() - this.#since.getTime() >= SLOW_MS ? this.#since : null;
  }
}
