import type { Clock } from './clock.ts';

/** One timer. It rings once, at about the time that it was last set to. */
export class Alarm {
  readonly #clock: Clock;
  readonly #ring: () => void;
  #set: { readonly at: number; readonly cancel: () => void } | null = null;

  constructor(clock: Clock, ring: () => void) {
    this.#clock = clock;
    this.#ring = ring;
  }

  /** @param at milliseconds since 1970; null turns the alarm off */
  set(at: number | null): void {
    if (at === this.#set?.at) return;
    this.#set?.cancel();
    this.#set = null;
    if (at === null) return;
    const cancel = this.#clock.setTimeout(
      () => {
        this.#set = null;
        this.#ring();
      },
      Math.max(0, at - this.#clock.now()),
    );
    this.#set = { at, cancel };
  }
}
