import type { Board } from './board.ts';
import { type Deadline, Deadlines } from './deadlines.ts';
import type { StageNode, TaskNode } from './nodes.ts';

/** Sees to deadlines: of tasks and attempts as the plan has them, and of programs that have reported their completion. */
export class Timekeeper {
  readonly #board: Board;
  readonly #completionGraceMs: number;
  readonly #deadlines = new Deadlines((deadline) => this.#isOpen(deadline));
  /** Stages whose live attempt has ended, with its number: their results are being looked for. */
  readonly #released = new WeakMap<StageNode, number>();
  /** Deadlines of the plan don't count before, in milliseconds since 1970. */
  #heldUntil = 0;

  constructor(board: Board, completionGraceMs: number) {
    this.#board = board;
    this.#completionGraceMs = completionGraceMs;
  }

  /** When something next has to end, in milliseconds since 1970; null when nothing has to. */
  wakeAt(): number | null {
    const next = this.#deadlines.next();
    return next === undefined ? null : this.#dueAt(next);
  }

  /** Of the live attempt. To be told again when it has reported its completion. */
  watchAttempt({ id: stageId, index, outline, task, state }: StageNode): void {
    const { startTime, reportedTime, attempt } = state;
    const { deadlineMs } = outline;
    const entry = { seq: task.record.seq, stageId, index, attempt };
    if (deadlineMs !== null && startTime !== null && reportedTime === null)
      this.#deadlines.add({ ...entry, at: startTime + deadlineMs, of: 'attempt' });
    if (reportedTime !== null)
      this.#deadlines.add({ ...entry, at: reportedTime + this.#completionGraceMs, of: 'grace' });
  }

  /** Of a task that has started. */
  watchTask({ outline, record }: TaskNode): void {
    const { name: taskName, seq, startTime } = record;
    if (outline.deadlineMs !== null && startTime !== null)
      this.#deadlines.add({ at: startTime + outline.deadlineMs, seq, of: 'task', taskName });
  }

  /** The live attempt has ended: it can't be late any more. */
  release(stage: StageNode): void {
    this.#released.set(stage, stage.state.attempt);
  }

  /** @param time milliseconds since 1970 */
  holdUntil(time: number): void {
    this.#heldUntil = time;
  }

  /** Ends what has to end by now. */
  endInTime(now: number): void {
    for (let next = this.#deadlines.next(); next !== undefined; next = this.#deadlines.next()) {
      if (this.#dueAt(next) > now) return;
      this.#deadlines.take();
      this.#end(next, now);
    }
  }

  #dueAt(deadline: Deadline): number {
    return deadline.of === 'grace' ? deadline.at : Math.max(deadline.at, this.#heldUntil);
  }

  #isOpen(deadline: Deadline): boolean {
    if (deadline.of === 'task') {
      const task = this.#board.graph.tasks.get(deadline.taskName);
      return task?.record.status === 'RUNNING' && task.stages.some((stage) => this.#isUnfinished(stage));
    }
    const stage = this.#board.graph.stages.get(deadline.stageId);
    if (stage === undefined) return false;
    const { live, attempt, stopReason, overdue } = stage.state;
    return (
      live &&
      attempt === deadline.attempt &&
      stopReason === null &&
      !overdue &&
      this.#released.get(stage) !== attempt
    );
  }

  /** False of a stage that needs nothing but the look for its results any more. */
  #isUnfinished(stage: StageNode): boolean {
    const { status, live, attempt } = stage.state;
    return status !== 'COMPLETED' && !(live && this.#released.get(stage) === attempt);
  }

  #end(deadline: Deadline, now: number): void {
    if (deadline.of === 'task') {
      this.#endTask(this.#board.graph.tasks.get(deadline.taskName), now);
      return;
    }
    const stage = this.#board.graph.stages.get(deadline.stageId);
    if (stage === undefined) return;
    if (deadline.of === 'attempt') {
      const limit = seconds(stage.outline.deadlineMs);
      this.#board.stop(stage, `stopped: it ran longer than its activeDeadlineSeconds (${limit} s)`);
      return;
    }
    this.#board.set(stage, { ...stage.state, overdue: true });
    this.#board.end(stage);
  }

  #endTask(task: TaskNode | undefined, now: number): void {
    if (task === undefined) return;
    const reason = `the task ran longer than its activeDeadlineSeconds (${seconds(task.outline.deadlineMs)} s)`;
    this.#board.fail(task, reason);
    for (const stage of task.stages) this.#board.stop(stage, `stopped: ${reason}`);
    this.#board.settle(task, now);
  }
}

function seconds(ms: number | null): number {
  return (ms ?? 0) / 1000;
}
