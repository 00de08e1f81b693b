import type { Clock } from '../../../../src/master/scheduler/clock.ts';

/** A clock that stands still until the test moves it. */
export class ManualClock implements Clock {
  #now = 1000;
  readonly #timers = new Set<{ readonly at: number; readonly callback: () => void }>();

  now(): number {
    return this.#now;
  }

  setTimeout(callback: () => void, ms: number): () => void {
    const timer = { at: this.#now + ms, callback };
    this.#timers.add(timer);
    return () => void this.#timers.delete(timer);
  }

  /** Moves on, and calls what is due, in its order. */
  advance(ms: number): void {
    this.#now += ms;
    const due = [...this.#timers].filter(({ at }) => at <= this.#now).sort((a, b) => a.at - b.at);
    for (const timer of due) if (this.#timers.delete(timer)) timer.callback();
  }

  /** Calls what is next although its time has not come, as real timers may. */
  ringEarly(): void {
    const [first] = [...this.#timers].sort((a, b) => a.at - b.at);
    if (first !== undefined && this.#timers.delete(first)) first.callback();
  }

  /** How many timers are set. */
  get pending(): number {
    return this.#timers.size;
  }
}
