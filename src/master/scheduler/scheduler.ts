import type { PlanOutline, StageState, TaskRecord } from '../state/records.ts';
import type { Submission } from '../state/submission.ts';
import type { LoadedState } from '../store/store.ts';
import type { StageExit } from '../executor/executor.ts';
import type { Deadline } from './deadlines.ts';
import type {
  Effect,
  ExitEvent,
  Happening,
  Outcome,
  Reply,
  ReportEvent,
  SchedulerEvent,
  UserEvent,
} from './events.ts';
import { Graph } from './graph.ts';
import { happeningOf } from './happenings.ts';
import { isServedBefore, type StageNode, type TaskNode } from './nodes.ts';
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
  readonly #graph = new Graph();
  #nextSeq = 0;
  #isHeld = false;
  #effects: Effect[] = [];
  #happenings: Happening[] = [];

  constructor(options: SchedulerOptions) {
    this.#options = options;
  }

  /** The state that was loaded. @throws StoreCorruptError when it doesn't fit together */
  static restore(loaded: LoadedState, options: SchedulerOptions): Scheduler {
    const scheduler = new Scheduler(options);
    scheduler.#graph.restore(loaded);
    for (const task of loaded.tasks) scheduler.#nextSeq = Math.max(scheduler.#nextSeq, task.seq + 1);
    for (const task of scheduler.#graph.tasks.values()) scheduler.#watchTask(task);
    for (const stage of scheduler.#graph.live) scheduler.#watchAttempt(stage);
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
    const deadline = this.#graph.deadlines.wakeAt();
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

  /** @param now milliseconds since 1970 */
  apply(event: SchedulerEvent, now: number): Outcome {
    const reply = this.#handle(event, now);
    this.#endInTime(now);
    this.#graph.agenda.endPauses(now);
    if (event.kind !== 'interrupt') this.#launchReady(now);
    const [effects, happenings] = [this.#effects, this.#happenings];
    this.#effects = [];
    this.#happenings = [];
    return { reply, changes: this.#graph.takeChanges(), effects, happenings };
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
        return this.#recover();
      case 'interrupt':
        return this.#interrupt(event.exits, now);
      case 'expire':
        return this.#expire(now);
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
    this.#happenings.push({ kind: 'submitted', taskName, stages: task.stages.length });
    this.#settle(task, now);
    return 'ok';
  }

  #change({ kind, taskName, index }: UserEvent): Reply {
    const stage = this.#graph.tasks.get(taskName)?.stages[index];
    if (stage === undefined) return this.#graph.records.has(taskName) ? 'ignored' : 'unknown';
    if (stage.task.record.status === 'FAILED') return 'ignored';
    const next = kind === 'suspend' ? stageAfter.suspended(stage.state) : stageAfter.continued(stage.state);
    if (next === null) return 'ignored';
    this.#set(stage, next);
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
    this.#set(stage, next);
    if (kind === 'completed') this.#watchAttempt(stage);
    return 'ok';
  }

  #exit({ exit, missing }: ExitEvent, now: number): Reply {
    const stage = this.#graph.stages.get(exit.stageId);
    if (stage === undefined) return 'unknown';
    const before = stage.state;
    if (!before.live || before.attempt !== exit.attempt) return 'ignored';
    const taskFailed = stage.task.record.status === 'FAILED';
    this.#set(
      stage,
      stageAfter.exited(before, stage.outline, { exit, missing }, now, taskFailed, this.#options),
    );
    if (stage.state.status === 'FAILED') {
      if (!taskFailed) this.#fail(stage.task, null);
      this.#stopDescendants(stage);
    }
    this.#settle(stage.task, stageAfter.endOf(before, exit, now));
    return 'ok';
  }

  #fail(task: TaskNode, failure: string | null): void {
    this.#graph.setTask(task, { ...task.record, status: 'FAILED', failure });
  }

  #stopDescendants(failed: StageNode): void {
    const seen = new Set<StageNode>();
    const open = [failed];
    for (let stage = open.pop(); stage !== undefined; stage = open.pop()) {
      for (const child of stage.children) {
        if (seen.has(child)) continue;
        seen.add(child);
        open.push(child);
        this.#stop(child, `stopped: ${failed.outline.name} failed`);
      }
    }
  }

  #stop(stage: StageNode, reason: string): void {
    // What is overdue is being stopped already, and has completed.
    if (!stageAfter.isUnderWay(stage.state) || stage.state.overdue) return;
    this.#set(stage, stageAfter.stopping(stage.state, reason));
    this.#effects.push({ kind: 'stop', stageId: stage.id, attempt: stage.state.attempt });
  }

  #recover(): Reply {
    for (const stage of this.#liveInOrder()) {
      this.#graph.setStage(stage, stageAfter.recovered(stage.state));
      const { attempt, stopReason, overdue } = stage.state;
      this.#start(stage);
      if (stopReason !== null || overdue) this.#effects.push({ kind: 'stop', stageId: stage.id, attempt });
    }
    return 'ok';
  }

  #interrupt(exits: readonly ExitEvent[], now: number): Reply {
    for (const exit of exits) this.#exit(exit, now);
    for (const stage of this.#liveInOrder()) {
      const taskFailed = stage.task.record.status === 'FAILED';
      this.#set(stage, stageAfter.interrupted(stage.state, now, taskFailed));
      this.#settle(stage.task, now);
    }
    return 'ok';
  }

  #expire(now: number): Reply {
    const { finished } = this.#graph;
    for (let task = finished.peek(); task !== undefined; task = finished.peek()) {
      if ((task.completeTime ?? now) + this.#options.retentionMs > now) break;
      finished.pop();
      this.#graph.remove(task);
      this.#effects.push({ kind: 'forget', taskName: task.name });
      this.#happenings.push({ kind: 'expired', taskName: task.name });
    }
    return 'ok';
  }

  /** Ends the task when its last stage has completed, or, after a failure, when nothing is live any more. */
  #settle(task: TaskNode, at: number): void {
    const { record } = task;
    if (record.completeTime !== null) return;
    const isFailed = record.status === 'FAILED';
    if (isFailed ? task.live > 0 : task.incomplete > 0) return;
    // After a restart, ends that were noted are told in any order.
    const completeTime = task.stages.reduce(
      (latest, stage) => Math.max(latest, stage.state.completeTime ?? at),
      at,
    );
    const status = isFailed ? 'FAILED' : 'COMPLETED';
    this.#graph.setTask(task, { ...record, status, completeTime });
    const ms = completeTime - record.submitTime;
    this.#happenings.push({ kind: 'ended', taskName: record.name, status, reason: record.failure, ms });
  }

  #launchReady(now: number): void {
    const { agenda, live } = this.#graph;
    while (!this.#isHeld && live.size < this.#options.maxRunning) {
      const stage = agenda.next();
      if (stage === undefined) return;
      this.#set(stage, stageAfter.launched(stage.state, now));
      const { task } = stage;
      if (task.record.status === 'NEW') {
        this.#graph.setTask(task, { ...task.record, status: 'RUNNING', startTime: now });
        this.#watchTask(task);
      }
      this.#watchAttempt(stage);
      this.#start(stage);
    }
  }

  #start(stage: StageNode): void {
    const { name, planId, planDir } = stage.task.record;
    const { attempt } = stage.state;
    this.#effects.push({
      kind: 'start',
      stageId: stage.id,
      taskName: name,
      index: stage.index,
      attempt,
      planId,
      planDir,
    });
  }

  /** Sees to the deadlines of the live attempt. */
  #watchAttempt(stage: StageNode): void {
    const { startTime, reportedTime, attempt } = stage.state;
    const { deadlineMs } = stage.outline;
    if (deadlineMs !== null && startTime !== null)
      this.#graph.deadlines.add({ at: startTime + deadlineMs, of: 'attempt', stage, attempt });
    if (reportedTime !== null) {
      const at = reportedTime + this.#options.completionGraceMs;
      this.#graph.deadlines.add({ at, of: 'grace', stage, attempt });
    }
  }

  #watchTask(task: TaskNode): void {
    const { deadlineMs } = task.outline;
    const { startTime } = task.record;
    if (deadlineMs !== null && startTime !== null)
      this.#graph.deadlines.add({ at: startTime + deadlineMs, of: 'task', task });
  }

  #endInTime(now: number): void {
    for (;;) {
      const deadline = this.#graph.deadlines.take(now);
      if (deadline === undefined) return;
      this.#end(deadline, now);
    }
  }

  #end(deadline: Deadline, now: number): void {
    if (deadline.of === 'task') {
      const { task } = deadline;
      const reason = `the task ran longer than its activeDeadlineSeconds (${seconds(task.outline.deadlineMs)} s)`;
      this.#fail(task, reason);
      for (const stage of task.stages) this.#stop(stage, `stopped: ${reason}`);
      this.#settle(task, now);
      return;
    }
    const { stage } = deadline;
    if (deadline.of === 'attempt') {
      this.#stop(
        stage,
        `stopped: it ran longer than its activeDeadlineSeconds (${seconds(stage.outline.deadlineMs)} s)`,
      );
      return;
    }
    this.#set(stage, { ...stage.state, overdue: true });
    this.#effects.push({ kind: 'stop', stageId: stage.id, attempt: stage.state.attempt });
  }

  #set(stage: StageNode, state: StageState): void {
    const happening = happeningOf(stage, state);
    if (happening !== null) this.#happenings.push(happening);
    this.#graph.setStage(stage, state);
  }

  #liveInOrder(): StageNode[] {
    return Array.from(this.#graph.live).sort((a, b) => (isServedBefore(a, b) ? -1 : 1));
  }
}

function seconds(ms: number | null): number {
  return (ms ?? 0) / 1000;
}
