import { setTimeout as sleep } from 'node:timers/promises';
import { isTransient } from './api-error.ts';
import { Backoff } from './backoff.ts';

/** It was asked for, and the backlog is closed: whether it was done is unknown. */
export class BacklogClosedError extends Error {
  constructor() {
    super('nothing is asked of the API server any more');
    this.name = 'BacklogClosedError';
  }
}

/**
 * Does what has to be done in the end, a few at a time, in order. While the API server is away, or wants to be left alone,
 * all of it waits, and one after the other tries whether it is back.
 */
export class Backlog {
  readonly #atOnce: number;
  readonly #onTrouble: (error: unknown) => void;
  readonly #closing = new AbortController();
  readonly #backoff = new Backoff(200, 10_000);
  readonly #waiting: (() => void)[] = [];
  #running = 0;
  /** Why everything waits; null where it does not. */
  #trouble: { readonly error: unknown } | null = null;

  /** @param onTrouble told once what keeps all of it waiting, and null when it goes on */
  constructor(atOnce: number, onTrouble: (error: unknown) => void) {
    this.#atOnce = atOnce;
    this.#onTrouble = onTrouble;
  }

  /** What keeps all of it waiting, as it was thrown; undefined where nothing does. */
  get trouble(): unknown {
    return this.#trouble?.error;
  }

  /**
   * Repeats an action until it succeeds, or fails for good.
   * @throws BacklogClosedError, or what the action throws that is not transient
   */
  async do<T>(action: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const { signal } = this.#closing;
    for (;;) {
      await this.#turn();
      try {
        signal.throwIfAborted();
        const result = await action(signal);
        this.#recovered();
        return result;
      } catch (error) {
        if (signal.aborted) throw new BacklogClosedError();
        if (!isTransient(error)) {
          this.#recovered();
          throw error;
        }
        this.#troubled(error);
        // The turn is kept meanwhile, so the others wait, too.
        await sleep(this.#backoff.afterFailure(error), undefined, { signal }).catch(() => undefined);
      } finally {
        this.#running -= 1;
        this.#wake();
      }
    }
  }

  close(): void {
    this.#closing.abort();
    this.#wake();
  }

  async #turn(): Promise<void> {
    if (this.#running >= this.#limit)
      await new Promise<void>((resolve) => {
        this.#waiting.push(resolve);
      });
    else this.#running += 1;
  }

  get #limit(): number {
    if (this.#closing.signal.aborted) return Infinity;
    return this.#trouble === null ? this.#atOnce : 1;
  }

  #wake(): void {
    while (this.#running < this.#limit) {
      const next = this.#waiting.shift();
      if (next === undefined) return;
      this.#running += 1;
      next();
    }
  }

  #troubled(error: unknown): void {
    if (this.#trouble === null) this.#onTrouble(error);
    this.#trouble = { error };
  }

  #recovered(): void {
    this.#backoff.succeeded();
    if (this.#trouble !== null) this.#onTrouble(null);
    this.#trouble = null;
    this.#wake();
  }
}
