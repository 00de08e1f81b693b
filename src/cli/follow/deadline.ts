/** A timeout and a signal, as one thing that ends every wait. */
export class Deadline {
  readonly #end: Promise<never>;
  readonly #signal: AbortSignal;
  #timer: NodeJS.Timeout | undefined;
  #onAbort: () => void = () => undefined;
  #isOver = false;

  /** @param timeoutMs null for a wait that only the signal ends */
  constructor(timeoutMs: number | null, signal: AbortSignal) {
    this.#signal = signal;
    this.#end = new Promise((_, reject) => {
      const end = (): void => {
        this.#isOver = true;
        reject(new Error('the wait is over'));
      };
      if (timeoutMs !== null) this.#timer = setTimeout(end, timeoutMs);
      this.#onAbort = end;
      if (signal.aborted) end();
      else signal.addEventListener('abort', end, { once: true });
    });
    // It is raced with what comes, and nobody may be looking when it ends.
    this.#end.catch(() => undefined);
  }

  /** True once the time is over, or the signal has come. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** What `work` comes to, or a rejection as soon as the wait is over. */
  async race<T>(work: Promise<T>): Promise<T> {
    return Promise.race([work, this.#end]);
  }

  async sleep(ms: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const slept = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, ms);
    });
    try {
      await this.race(slept);
    } finally {
      clearTimeout(timer);
    }
  }

  /** Lets go of timer and signal. */
  clear(): void {
    clearTimeout(this.#timer);
    this.#signal.removeEventListener('abort', this.#onAbort);
  }
}
