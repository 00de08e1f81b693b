/** Waits before a retry: doubling from `firstMs` to at most `maxMs`, each drawn from its upper half so that clients spread out. */
interface Backoff {
  readonly firstMs: number;
  readonly maxMs: number;
}

const READ_BACKOFF: Backoff = { firstMs: 100, maxMs: 2_000 };

/** Milliseconds to wait before retry number `retry` (from 1); `random` is in [0, 1). */
export function backoffMs(retry: number, random: number, backoff: Backoff = READ_BACKOFF): number {
  const full = Math.min(backoff.maxMs, backoff.firstMs * 2 ** (retry - 1));
  return Math.round(full * (0.5 + random / 2));
}
