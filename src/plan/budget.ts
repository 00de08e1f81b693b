/** Characters and entries that the stages of a plan may come to: far more than a real plan has. */
const LIMIT = 16 * 1024 * 1024;
/** Rough cost of an entry beside its characters. */
const ENTRY = 16;

/**
 * Bounds what a small plan can grow to: each task repeats its template, and each reference the value that it stands
 * for. Once it is exhausted, everything that asks is refused.
 */
export class Budget {
  #left: number;

  constructor(limit = LIMIT) {
    this.#left = limit;
  }

  /** False when this many characters are too many. */
  spend(characters: number): boolean {
    if (!this.exhausted) this.#left -= characters + ENTRY;
    return !this.exhausted;
  }

  get exhausted(): boolean {
    return this.#left < 0;
  }
}
