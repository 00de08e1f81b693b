import type { Reply, SchedulerEvent } from './events.ts';

/** Makes an event when its turn has come. It throws to refuse who asks; null comes back later as another event. */
export type EventMaker = () => SchedulerEvent | null;

/** An event in its turn, and who waits for what it comes to. */
export interface Queued {
  readonly event: EventMaker;
  /** A user asks for it, and can be refused. */
  readonly isUsers: boolean;
  readonly resolve: (reply: Reply) => void;
  readonly reject: (error: unknown) => void;
}

/** Events that wait for their turn. */
export class EventQueue {
  #items: Queued[] = [];

  get isEmpty(): boolean {
    return this.#items.length === 0;
  }

  /** Resolves to what the event came to, once that is stored. */
  ask(event: EventMaker, isReport: boolean): Promise<Reply> {
    return new Promise((resolve, reject) => {
      this.#items.push({ event, isUsers: !isReport, resolve, reject });
    });
  }

  /** Takes out what users wait for, where they are refused. @param check throws to refuse */
  rejectUsers(check: () => void): void {
    this.#items = this.#items.filter(({ isUsers, reject }) => {
      try {
        if (isUsers) check();
        return true;
      } catch (refusal) {
        reject(refusal);
        return false;
      }
    });
  }

  /** For an event that nobody waits for. */
  tell(event: EventMaker): void {
    this.#items.push(unasked(event));
  }

  /** Puts an event before all that wait. */
  begin(first: SchedulerEvent): void {
    this.#items.unshift(unasked(() => first));
  }

  /** Takes all out. */
  take(): readonly Queued[] {
    const items = this.#items;
    this.#items = [];
    return items;
  }

  rejectAll(error: unknown): void {
    for (const queued of this.take()) queued.reject(error);
  }
}

export function unasked(event: EventMaker): Queued {
  return { event, isUsers: false, resolve: () => undefined, reject: () => undefined };
}

/** The event whose turn has come; null when who asks was refused, or it comes back. */
export function eventOf(queued: Queued): SchedulerEvent | null {
  try {
    return queued.event();
  } catch (error) {
    queued.reject(error);
    return null;
  }
}
