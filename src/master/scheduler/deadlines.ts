import { Heap } from './heap.ts';
import { isServedBefore, type StageNode, type TaskNode } from './nodes.ts';

/** Something that has to end by a time: an attempt, the grace of one that has reported its completion, or a task. */
export type Deadline =
  | {
      readonly at: number;
      readonly of: 'attempt' | 'grace';
      readonly stage: StageNode;
      readonly attempt: number;
    }
  | { readonly at: number; readonly of: 'task'; readonly task: TaskNode };

/** What has to end by a time, the next one first. What has ended in time is passed over. */
export class Deadlines {
  readonly #heap = new Heap<Deadline>(isBefore);

  add(deadline: Deadline): void {
    this.#heap.push(deadline);
  }

  /** When the next one is over; null when there is none. */
  wakeAt(): number | null {
    for (let next = this.#heap.peek(); next !== undefined; next = this.#heap.peek()) {
      if (isRunning(next)) return next.at;
      this.#heap.pop();
    }
    return null;
  }

  /** Takes one that is over, if there is one. */
  take(now: number): Deadline | undefined {
    const at = this.wakeAt();
    return at !== null && at <= now ? this.#heap.pop() : undefined;
  }
}

/** At the same time, those of stages come first, in the order in which they are served. */
function isBefore(a: Deadline, b: Deadline): boolean {
  if (a.at !== b.at) return a.at < b.at;
  if (a.of === 'task') return b.of === 'task' && a.task.record.seq < b.task.record.seq;
  return b.of === 'task' || isServedBefore(a.stage, b.stage);
}

function isRunning(deadline: Deadline): boolean {
  if (deadline.of === 'task') {
    return deadline.task.record.status === 'RUNNING';
  }
  const { live, attempt, stopReason, overdue } = deadline.stage.state;
  return live && attempt === deadline.attempt && stopReason === null && !overdue;
}
