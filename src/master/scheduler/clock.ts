/** Where the loop gets its time from. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Calls back once, after `ms` or, when that is very long, before. Returns what cancels it. */
  setTimeout(callback: () => void, ms: number): () => void;
}

const TIMEOUT_MAX_MS = 2 ** 31 - 1;

/** The real time. Its timers don't keep the process alive. */
export const systemClock: Clock = {
  now: () => Date.now(),
  setTimeout(callback, ms) {
    const timer = setTimeout(callback, Math.min(ms, TIMEOUT_MAX_MS)).unref();
    return () => clearTimeout(timer);
  },
};
