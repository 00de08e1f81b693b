/** How long a start that was told to stop may still take, in milliseconds. */
const STARTED_WITHIN_MS = 2000;

/** Why a process ends: it was told to, or it can't go on. */
export type EndReason = { readonly signal: string } | { readonly error: unknown };

/** Listens to the signals that end a process. The first reason counts. */
export class Ending {
  readonly reason: Promise<EndReason>;
  readonly #told = new AbortController();
  #end: (reason: EndReason) => void = () => undefined;
  #isStarting = true;
  #limit: NodeJS.Timeout | undefined;

  constructor() {
    this.reason = new Promise((resolve) => {
      this.#end = resolve;
    });
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => this.#tell(signal));
  }

  /** Aborted by the first signal. */
  get told(): AbortSignal {
    return this.#told.signal;
  }

  /** It can't go on. */
  fail(error: unknown): void {
    this.#end({ error });
  }

  hasStarted(): void {
    this.#isStarting = false;
    clearTimeout(this.#limit);
  }

  #tell(signal: NodeJS.Signals): void {
    this.#end({ signal });
    this.#told.abort();
    // A start that hangs, on a disk that does not answer, say, ends as if nobody had listened to the signal.
    if (this.#isStarting)
      this.#limit = setTimeout(() => process.kill(process.pid, signal), STARTED_WITHIN_MS).unref();
  }
}
