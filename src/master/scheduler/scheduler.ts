import type { PlanOutline, TaskRecord } from '../state/records.ts';
import type { Submission } from '../state/submission.ts';
import type { LoadedState } from '../store/store.ts';
import type { StageExit } from '../executor/executor.ts';
import { Board } from './board.ts';
import { Expiry } from './expiry.ts';
import type { ExitEvent, Outcome, Reply, ReportEvent, SchedulerEvent, UserEvent } from './events.ts';
import { followLive, interruptLive } from './master-change.ts';
import { Timekeeper } from './timekeeper.ts';
import * as stageAfter from './transitions.ts';

/** What the scheduler goes by. */
export interface SchedulerOptions extends stageAfter.RetryRules {
  /** How many programs may run at once. */
  readonly maxRunning: number;
  /** How long a finished task is kept. */
  readonly retentionMs: number;
  /** How long a program that has reported its completion may take to end. */
  readonly completionGraceMs: number;
}

/** So soon after its start a master knows what ended while there was none: only then a deadline counts, in milliseconds. */
const ENDS_TOLD_WITHIN_MS = 10_000;
/*
 * The states of a task; those of a stage are described above their transitions.
 *
 * NEW        Submitted; no stage was launched yet. The first launch -> RUNNING.
 * RUNNING    The last stage COMPLETED -> COMPLETED. A stage FAILED, or its deadline is over -> FAILED.
 * COMPLETED  Final; over (`completeTime`), with nothing live.
 * FAILED     Final: no stage is launched any more. Live ones go on to their own end, but for the descendants of
 *            a failed stage, and after a deadline all, which are stopped. Over when nothing is live.
 */

/**
 * Decides what runs when. Does no I/O and knows no clock: the same events at the same times always have the same
 * outcomes, also when the state was rebuilt from its records in between. Events cost what they change, however
 * many tasks there are.
 */
export class Scheduler {
  readonly #options: SchedulerOptions;
  readonly #board = new Board();
  readonly #graph = this.#board.graph;
  readonly #timekeeper: Timekeeper;
  readonly #expiry: Expiry;
  #nextSeq = 0;
  #isHeld = false;

  constructor(options: SchedulerOptions) {
    this.#options = options;
    this.#timekeeper = new Timekeeper(this.#board, options.completionGraceMs);
    this.#expiry = new Expiry(this.#board, options.retentionMs);
  }

  /** The state that was loaded. @throws StoreCorruptError when it doesn't fit together */
  static restore(loaded: LoadedState, options: SchedulerOptions): Scheduler {
    const scheduler = new Scheduler(options);
    scheduler.#graph.restore(loaded);
    for (const task of loaded.tasks) scheduler.#nextSeq = Math.max(scheduler.#nextSeq, task.seq + 1);
    for (const task of scheduler.#graph.tasks.values()) scheduler.#timekeeper.watchTask(task);
    for (const stage of scheduler.#graph.live) scheduler.#timekeeper.watchAttempt(stage);
    return scheduler;
  }

  /** True when no task and no stage stands in the way of a task of this name. */
  isFree(taskName: string, outline: PlanOutline): boolean {
    return this.#graph.isFree(taskName, outline);
  }

  /** The plan of a task that is not over. */
  outlineOf(taskName: string): PlanOutline | undefined {
    return this.#graph.tasks.get(taskName)?.outline;
  }

  /** When a `wake` event is due, in milliseconds since 1970; null when nothing waits for its time. */
  wakeAt(): number | null {
    const pause = this.#isHeld ? null : this.#graph.agenda.wakeAt();
    const deadline = this.#timekeeper.wakeAt();
    if (pause === null || deadline === null) return pause ?? deadline;
    return Math.min(pause, deadline);
  }

  /** The stage whose declared results have to be there for this end of its live attempt to complete it; else null. */
  completedBy(
    exit: StageExit,
  ): { readonly taskName: string; readonly planId: string; readonly index: number } | null {
    const stage = this.#graph.stages.get(exit.stageId);
    if (stage?.state.attempt !== exit.attempt || !stage.outline.hasOutputs) return null;
    if (!stageAfter.completes(stage.state, stage.outline, exit)) return null;
    const { name, planId } = stage.task.record;
    return { taskName: name, planId, index: stage.index };
  }

  /** True when tasks are left that are to go. @param now milliseconds since 1970 */
  hasExpired(now: number): boolean {
    return this.#expiry.isDue(now);
  }

  /** The live attempt has ended, and its results are being looked for: its deadline is none any more. */
  looksForResults(stageId: string): void {
    const stage = this.#graph.stages.get(stageId);
    if (stage !== undefined) this.#timekeeper.release(stage);
  }

  /** @param now milliseconds since 1970 */
  apply(event: SchedulerEvent, now: number): Outcome {
    const reply = this.#handle(event, now);
    this.#timekeeper.endInTime(now);
    this.#graph.agenda.endPauses(now);
    if (event.kind !== 'interrupt') this.#launchReady(now);
    return { reply, ...this.#board.take() };
  }

  #handle(event: SchedulerEvent, now: number): Reply {
    switch (event.kind) {
      case 'submit':
        return this.#submit(event, now);
      case 'exit':
        return this.#exit(event, now);
      case 'wake':
        return 'ok';
      case 'recover':
        this.#timekeeper.holdUntil(now + ENDS_TOLD_WITHIN_MS);
        followLive(this.#board);
        return 'ok';
      case 'interrupt':
        for (const exit of event.exits) this.#exit(exit, now);
        interruptLive(this.#board, now, this.#options);
        return 'ok';
      case 'expire':
        this.#expiry.run(now);
        return 'ok';
      case 'hold':
        this.#isHeld = event.isHeld;
        return 'ok';
      case 'suspend':
      case 'continue':
        return this.#change(event);
      default:
        return this.#report(event, now);
    }
  }

  #submit({ taskName, planName, planDir, plan }: Submission, now: number): Reply {
    const record: TaskRecord = {
      name: taskName,
      planName,
      planDir,
      planId: plan.id,
      seq: this.#nextSeq,
      submitTime: now,
      startTime: null,
      completeTime: null,
      status: 'NEW',
      failure: null,
    };
    this.#nextSeq += 1;
    const task = this.#graph.submit(record, plan);
    this.#board.tell({ kind: 'submitted', taskName, stages: task.stages.length });
    this.#board.settle(task, now);
    return 'ok';
  }

  #change({ kind, taskName, index }: UserEvent): Reply {
    const stage = this.#graph.tasks.get(taskName)?.stages[index];
    if (stage === undefined) return this.#graph.records.has(taskName) ? 'ignored' : 'unknown';
    if (stage.task.record.status === 'FAILED') return 'ignored';
    const next = kind === 'suspend' ? stageAfter.suspended(stage.state) : stageAfter.continued(stage.state);
    if (next === null) return 'ignored';
    this.#board.set(stage, next);
    return 'ok';
  }

  #report({ kind, taskName, index, attempt }: ReportEvent, now: number): Reply {
    const stage = this.#graph.tasks.get(taskName)?.stages[index];
    if (stage === undefined) return this.#graph.records.has(taskName) ? 'ignored' : 'unknown';
    if (stage.state.attempt !== attempt || !stageAfter.isUnderWay(stage.state)) return 'ignored';
    if (kind === 'started') return 'ok';
    const next =
      kind === 'prepared' ? stageAfter.prepared(stage.state) : stageAfter.reported(stage.state, now);
    if (next === null) return 'ignored';
    this.#board.set(stage, next);
    if (kind === 'completed') this.#timekeeper.watchAttempt(stage);
    return 'ok';
  }

  #exit({ exit, missing, isShort }: ExitEvent, now: number): Reply {
    const stage = this.#graph.stages.get(exit.stageId);
    if (stage === undefined) return 'unknown';
    const before = stage.state;
    if (!before.live || before.attempt !== exit.attempt) return 'ignored';
    const taskFailed = stage.task.record.status === 'FAILED';
    this.#board.set(
      stage,
      stageAfter.exited(before, stage.outline, { exit, missing, isShort }, now, taskFailed, this.#options),
    );
    if (stage.state.status === 'FAILED') {
      const reason = stage.state.failure?.reason ?? 'it failed';
      if (!taskFailed) this.#board.fail(stage.task, `${stage.outline.name}: ${reason}`);
      this.#board.stopDescendants(stage);
    }
    this.#board.settle(stage.task, stageAfter.endOf(before, exit, now));
    return 'ok';
  }

  #launchReady(now: number): void {
    const { agenda, live } = this.#graph;
    while (!this.#isHeld && live.size < this.#options.maxRunning) {
      const stage = agenda.next();
      if (stage === undefined) return;
      this.#board.set(stage, stageAfter.launched(stage.state, now));
      const { task } = stage;
      if (task.record.status === 'NEW') {
        this.#graph.setTask(task, { ...task.record, status: 'RUNNING', startTime: now });
        this.#timekeeper.watchTask(task);
      }
      this.#timekeeper.watchAttempt(stage);
      this.#board.start(stage);
    }
  }
}
