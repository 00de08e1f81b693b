import type { TaskRecord } from '../state/records.ts';
import type { Board } from './board.ts';

/** Tasks that go in one turn: each leaves folders behind that have to be removed. */
const AT_ONCE = 100;

/** Lets finished tasks go when they have been kept for long enough. */
export class Expiry {
  readonly #board: Board;
  readonly #retentionMs: number;

  constructor(board: Board, retentionMs: number) {
    this.#board = board;
    this.#retentionMs = retentionMs;
  }

  /** True when tasks are left that are to go. @param now milliseconds since 1970 */
  isDue(now: number): boolean {
    const task = this.#board.graph.finished.peek();
    return task !== undefined && this.#isOver(task, now);
  }

  /** Some of them go. @param now milliseconds since 1970 */
  run(now: number): void {
    const { finished } = this.#board.graph;
    for (let gone = 0; gone < AT_ONCE; gone += 1) {
      const task = finished.peek();
      if (task === undefined || !this.#isOver(task, now)) return;
      finished.pop();
      this.#board.graph.remove(task);
      this.#board.forget(task.name);
    }
  }

  #isOver(task: TaskRecord, now: number): boolean {
    return (task.completeTime ?? now) + this.#retentionMs <= now;
  }
}
