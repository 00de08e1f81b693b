import { ApiError } from './api-error.ts';

/** The pauses between tries: they double, and each is shortened by chance, so that many don't come back at once. */
export class Backoff {
  readonly #firstMs: number;
  readonly #longestMs: number;
  #failures = 0;

  constructor(firstMs: number, longestMs: number) {
    this.#firstMs = firstMs;
    this.#longestMs = longestMs;
  }

  /** How long to wait after one more failure, in milliseconds; never shorter than the server has asked for. */
  afterFailure(error: unknown): number {
    const longest = Math.min(this.#longestMs, this.#firstMs * 2 ** Math.min(this.#failures, 30));
    this.#failures += 1;
    const asked = error instanceof ApiError ? (error.retryAfterMs ?? 0) : 0;
    return Math.max(asked, longest * (0.5 + Math.random() / 2));
  }

  succeeded(): void {
    this.#failures = 0;
  }
}
