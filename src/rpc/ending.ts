/**
 * The end of something, and who is told of it. An AbortSignal would do as well; Node compiles its events when they are first used,
 * which a short command notices.
 */
export class Ending {
  #isOver = false;
  readonly #listeners = new Set<() => void>();

  get isOver(): boolean {
    return this.#isOver;
  }

  /** Calls the listener when it ends, once; never where it has ended. */
  on(listener: () => void): void {
    this.#listeners.add(listener);
  }

  off(listener: () => void): void {
    this.#listeners.delete(listener);
  }

  end(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    for (const listener of this.#listeners) listener();
    this.#listeners.clear();
  }
}
