import { setTimeout as delay } from 'node:timers/promises';

/** How long to wait before a look that failed is repeated, in milliseconds. */
const AGAIN_AFTER_MS = 50;

/**
 * What `look` finds. One that fails (no file descriptor is free, a disk that is far away does not answer) is repeated
 * for so many milliseconds. @throws what the last look threw
 */
export async function lookPatiently<T>(look: () => Promise<T>, forMs: number): Promise<T> {
  const giveUp = Date.now() + forMs;
  for (;;) {
    try {
      return await look();
    } catch (thrown) {
      if (Date.now() >= giveUp) throw thrown;
    }
    await delay(AGAIN_AFTER_MS, undefined, { ref: false });
  }
}
