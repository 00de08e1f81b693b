import type { Board } from './board.ts';
import { type Deadline, Deadlines } from './deadlines.ts';
import type { StageNode, TaskNode } from './nodes.ts';

/** Sees to deadlines: of tasks and attempts as the plan has them, and of programs that have reported their completion. */
export class Timekeeper {
  readonly #board: Board;
  readonly #completionGraceMs: number;
  readonly #deadlines = new Deadlines();

  constructor(board: Board, completionGraceMs: number) {
    this.#board = board;
    this.#completionGraceMs = completionGraceMs;
  }

  /** When something next has to end, in milliseconds since 1970; null when nothing has to. */
  wakeAt(): number | null {
    return this.#deadlines.wakeAt();
  }

  /** Of the live attempt. To be told again when it has reported its completion. */
  watchAttempt(stage: StageNode): void {
    const { startTime, reportedTime, attempt } = stage.state;
    const { deadlineMs } = stage.outline;
    if (deadlineMs !== null && startTime !== null)
      this.#deadlines.add({ at: startTime + deadlineMs, of: 'attempt', stage, attempt });
    if (reportedTime !== null)
      this.#deadlines.add({ at: reportedTime + this.#completionGraceMs, of: 'grace', stage, attempt });
  }

  /** Of a task that has started. */
  watchTask(task: TaskNode): void {
    const { deadlineMs } = task.outline;
    const { startTime } = task.record;
    if (deadlineMs !== null && startTime !== null)
      this.#deadlines.add({ at: startTime + deadlineMs, of: 'task', task });
  }

  /** Ends what has to end by now. */
  endInTime(now: number): void {
    for (;;) {
      const deadline = this.#deadlines.take(now);
      if (deadline === undefined) return;
      this.#end(deadline, now);
    }
  }

  #end(deadline: Deadline, now: number): void {
    switch (deadline.of) {
      case 'task': {
        const { task } = deadline;
        const reason = `the task ran longer than its activeDeadlineSeconds (${seconds(task.outline.deadlineMs)} s)`;
        this.#board.fail(task, reason);
        for (const stage of task.stages) this.#board.stop(stage, `stopped: ${reason}`);
        this.#board.settle(task, now);
        return;
      }
      case 'attempt': {
        const limit = seconds(deadline.stage.outline.deadlineMs);
        this.#board.stop(
          deadline.stage,
          `stopped: it ran longer than its activeDeadlineSeconds (${limit} s)`,
        );
        return;
      }
      case 'grace':
        this.#board.set(deadline.stage, { ...deadline.stage.state, overdue: true });
        this.#board.end(deadline.stage);
    }
  }
}

function seconds(ms: number | null): number {
  return (ms ?? 0) / 1000;
}
