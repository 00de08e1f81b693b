/** Milliseconds on a clock that only goes forward. `performance.now` is the same, and loads a module that takes a millisecond. */
export function monotonicMs(): number {
  const [seconds, nanoseconds] = process.hrtime();
  return seconds * 1e3 + nanoseconds / 1e6;
}
