import type { Leadership } from './leader.ts';

/** There is no other process, or what the state is in keeps it out. */
export const ALONE: Leadership = {
  acquire(signal) {
    signal.throwIfAborted();
    return Promise.resolve({
      safeUntil: () => Infinity,
      onLost: () => undefined,
      release: () => Promise.resolve(),
    });
  },
};
