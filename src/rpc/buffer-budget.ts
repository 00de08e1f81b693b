/** What a connection keeps in memory, in bytes: requests that have not been answered, and answers that were not taken. */
export interface Held {
  readonly requests: number;
  readonly replies: number;
}

/** A connection whose memory is counted. */
export interface Holder {
  destroy(): void;
}

/**
 * Bounds what all connections keep in memory together. When that is too much, the largest holders are ended, of whichever is
 * more in all: requests that are only half there, or answers that are not taken. Of equals, the one that began first goes.
 */
export class BufferBudget {
  readonly #maxBytes: number;
  readonly #onExceeded: (held: number) => void;
  readonly #held = new Map<Holder, Held>();
  #requests = 0;
  #replies = 0;

  /** @param onExceeded is told what a connection held that had to go, in bytes */
  constructor(maxBytes: number, onExceeded: (held: number) => void) {
    this.#maxBytes = maxBytes;
    this.#onExceeded = onExceeded;
  }

  /** Bytes of all connections. */
  get total(): number {
    return this.#requests + this.#replies;
  }

  /** Notes what a connection holds now. It, or others, may be destroyed for it. */
  set(holder: Holder, held: Held): void {
    this.#forget(holder, held.requests + held.replies === 0);
    if (held.requests + held.replies === 0) return;
    this.#held.set(holder, held);
    this.#requests += held.requests;
    this.#replies += held.replies;
    while (this.total > this.#maxBytes)
      this.#endLargest(this.#requests >= this.#replies ? 'requests' : 'replies');
  }

  #endLargest(kind: keyof Held): void {
    let largest: [Holder, Held] | null = null;
    for (const entry of this.#held)
      if (largest === null || entry[1][kind] > largest[1][kind]) largest = entry;
    if (largest === null) return;
    const [holder, { requests, replies }] = largest;
    this.#forget(holder, true);
    this.#onExceeded(requests + replies);
    holder.destroy();
  }

  /** @param leaves false where it keeps its place among those that began earlier or later */
  #forget(holder: Holder, leaves: boolean): void {
    const before = this.#held.get(holder);
    if (before === undefined) return;
    this.#requests -= before.requests;
    this.#replies -= before.replies;
    if (leaves) this.#held.delete(holder);
  }
}
