import { Heap } from './heap.ts';

/** Something that has to end by a time: an attempt, the grace of one that has reported its completion, or a task. */
export type Deadline = { readonly at: number; readonly seq: number } & (
  | {
      readonly of: 'attempt' | 'grace';
      readonly stageId: string;
      readonly index: number;
      readonly attempt: number;
    }
  | { readonly of: 'task'; readonly taskName: string }
);

const COMPACT_AT = 1024;

/** What has to end by a time, the next one first. What has ended by then is passed over. */
export class Deadlines {
  readonly #isOpen: (deadline: Deadline) => boolean;
  #heap = new Heap<Deadline>(isBefore);
  #compactAt = COMPACT_AT;

  /** @param isOpen false of what has ended */
  constructor(isOpen: (deadline: Deadline) => boolean) {
    this.#isOpen = isOpen;
  }

  add(deadline: Deadline): void {
    this.#heap.push(deadline);
    if (this.#heap.size >= this.#compactAt) this.#compact();
  }

  /** The next one; undefined when there is none. */
  next(): Deadline | undefined {
    for (let next = this.#heap.peek(); next !== undefined; next = this.#heap.peek()) {
      if (this.#isOpen(next)) return next;
      this.#heap.pop();
    }
    return undefined;
  }

  /** Takes the next one out. */
  take(): void {
    this.#heap.pop();
  }

  /** What has ended long before its time must not gather behind what runs for long. */
  #compact(): void {
    const open = new Heap<Deadline>(isBefore);
    for (let next = this.#heap.pop(); next !== undefined; next = this.#heap.pop())
      if (this.#isOpen(next)) open.push(next);
    this.#heap = open;
    this.#compactAt = Math.max(COMPACT_AT, 2 * open.size);
  }
}

/** At the same time, those of stages come first, in the order in which they are served. */
function isBefore(a: Deadline, b: Deadline): boolean {
  if (a.at !== b.at) return a.at < b.at;
  if (a.of === 'task') return b.of === 'task' && a.seq < b.seq;
  if (b.of === 'task') return true;
  return a.seq === b.seq ? a.index < b.index : a.seq < b.seq;
}
