import type { Plan } from '../../model/plan.ts';
import type { StageExit } from '../executor/executor.ts';
import type { Effect, Outcome, Reply, SchedulerEvent, StageEvent, Submission } from './events.ts';
import { Graph } from './graph.ts';
import { isServedBefore, type StageNode, type TaskNode } from './nodes.ts';
import type { StageRecord } from './records.ts';
import { type Records, restore } from './restore.ts';
import { newRecords, stageIdsOf } from './submit.ts';
import * as stageAfter from './transitions.ts';

/** What the scheduler goes by. */
export interface SchedulerOptions extends stageAfter.RetryRules {
  /** How many programs may run at once. */
  readonly maxRunning: number;
  /** How long a finished task is kept. */
  readonly retentionMs: number;
}

/*
 * The states of a task; those of a stage are described above their transitions.
 *
 * NEW        Submitted; no stage was launched yet. The first launch -> RUNNING.
 * RUNNING    The last stage COMPLETED -> COMPLETED. A stage FAILED -> FAILED.
 * COMPLETED  Final. Programs may still be live, having reported their completion.
 * FAILED     Final: no stage is launched any more. Live ones go on to their own end, but for the descendants of
 *            a failed stage, which are stopped. Complete (`completeTime`) when nothing is live.
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
  #effects: Effect[] = [];

  constructor(options: SchedulerOptions) {
    this.#options = options;
  }

  /** The state that these records are of. @throws StoreCorruptError when they don't fit each other */
  static fromRecords(records: Records, options: SchedulerOptions): Scheduler {
    const scheduler = new Scheduler(options);
    restore(scheduler.#graph, records);
    for (const task of records.tasks) scheduler.#nextSeq = Math.max(scheduler.#nextSeq, task.seq + 1);
    return scheduler;
  }

  /** True when no task and no stage stands in the way of a task of this name. */
  isFree(taskName: string, plan: Plan): boolean {
    return (
      !this.#graph.tasks.has(taskName) && !stageIdsOf(taskName, plan).some((id) => this.#graph.stages.has(id))
    );
  }

  /** When a `wake` event is due, in milliseconds since 1970; null when nothing waits for its time. */
  wakeAt(): number | null {
    return this.#graph.agenda.wakeAt();
  }

  /** @param now milliseconds since 1970 */
  apply(event: SchedulerEvent, now: number): Outcome {
    const reply = this.#handle(event, now);
    this.#graph.agenda.endPauses(now);
    if (event.kind !== 'interrupt') this.#launchReady(now);
    const effects = this.#effects;
    this.#effects = [];
    return { reply, changes: this.#graph.takeChanges(), effects };
  }

  #handle(event: SchedulerEvent, now: number): Reply {
    switch (event.kind) {
      case 'submit':
        return this.#submit(event, now);
      case 'exit':
        return this.#exit(event.exit, now);
      case 'wake':
        return 'ok';
      case 'recover':
        return this.#recover();
      case 'interrupt':
        return this.#interrupt(event.succeeded, now);
      case 'expire':
        return this.#expire(now);
      default:
        return this.#changeStage(event, now);
    }
  }

  #submit(submission: Submission, now: number): Reply {
    const { task, stages } = newRecords(submission, this.#nextSeq, now);
    this.#nextSeq += 1;
    const node = this.#graph.add(task, stages);
    this.#graph.touch(node);
    this.#settle(node, now);
    return 'ok';
  }

  #changeStage({ kind, stageId }: StageEvent, now: number): Reply {
    const stage = this.#graph.stages.get(stageId);
    if (stage === undefined) return 'unknown';
    const next = changed(stage, kind, now);
    if (next === null) return 'ignored';
    if (next === stage.record) return 'ok';
    this.#graph.setStage(stage, next);
    this.#settle(stage.task, now);
    return 'ok';
  }

  #exit(exit: StageExit, now: number): Reply {
    const stage = this.#graph.stages.get(exit.stageId);
    if (stage === undefined) return 'unknown';
    const before = stage.record;
    if (!before.live || before.attempt !== exit.attempt) return 'ignored';
    const taskFailed = stage.task.record.status === 'FAILED';
    this.#graph.setStage(stage, stageAfter.exited(before, exit, now, taskFailed, this.#options));
    if (stage.record.status === 'FAILED') {
      if (!taskFailed) this.#graph.setTask(stage.task, { ...stage.task.record, status: 'FAILED' });
      this.#stopDescendants(stage);
    }
    this.#settle(stage.task, stageAfter.endOf(before, exit, now));
    return 'ok';
  }

  #stopDescendants(failed: StageNode): void {
    const seen = new Set<StageNode>();
    const open = [failed];
    for (let stage = open.pop(); stage !== undefined; stage = open.pop()) {
      for (const child of stage.children) {
        if (seen.has(child)) continue;
        seen.add(child);
        open.push(child);
        if (!stageAfter.isUnderWay(child.record)) continue;
        this.#graph.setStage(child, { ...child.record, failure: `stopped: ${failed.record.id} failed` });
        this.#effects.push({ kind: 'stop', stageId: child.record.id, attempt: child.record.attempt });
      }
    }
  }

  #recover(): Reply {
    for (const stage of this.#liveInOrder()) {
      this.#graph.setStage(stage, stageAfter.takenUp(stage.record));
      const { id, attempt, failure } = stage.record;
      this.#start(stage);
      if (failure !== null) this.#effects.push({ kind: 'stop', stageId: id, attempt });
    }
    return 'ok';
  }

  #interrupt(succeeded: readonly StageExit[], now: number): Reply {
    for (const exit of succeeded) this.#exit(exit, now);
    for (const stage of this.#liveInOrder()) {
      const taskFailed = stage.task.record.status === 'FAILED';
      this.#graph.setStage(stage, stageAfter.interrupted(stage.record, now, taskFailed));
      this.#settle(stage.task, now);
    }
    return 'ok';
  }

  #expire(now: number): Reply {
    const { finished } = this.#graph;
    for (let task = finished.peek(); task !== undefined; task = finished.peek()) {
      if ((task.record.completeTime ?? now) + this.#options.retentionMs > now) break;
      finished.pop();
      this.#graph.remove(task);
      this.#effects.push({ kind: 'forget', taskName: task.record.name });
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
      (latest, stage) => Math.max(latest, stage.record.completeTime ?? at),
      at,
    );
    this.#graph.setTask(task, { ...record, status: isFailed ? 'FAILED' : 'COMPLETED', completeTime });
  }

  #launchReady(now: number): void {
    const { agenda, live } = this.#graph;
    while (live.size < this.#options.maxRunning) {
      const stage = agenda.next();
      if (stage === undefined) return;
      this.#graph.setStage(stage, stageAfter.launched(stage.record, now));
      const task = stage.task.record;
      if (task.status === 'NEW')
        this.#graph.setTask(stage.task, { ...task, status: 'RUNNING', startTime: now });
      this.#start(stage);
    }
  }

  #start(stage: StageNode): void {
    this.#effects.push({ kind: 'start', stage: stage.record, planDir: stage.task.record.planDir });
  }

  #liveInOrder(): StageNode[] {
    return Array.from(this.#graph.live).sort((a, b) => (isServedBefore(a, b) ? -1 : 1));
  }
}

/** The stage after the event; the same record when there is nothing to note, null when the event does not fit. */
function changed({ record, task }: StageNode, kind: StageEvent['kind'], now: number): StageRecord | null {
  switch (kind) {
    case 'started':
      return record.status === 'RUNNING' ? record : null;
    case 'prepared':
      return stageAfter.prepared(record);
    case 'completed':
      return stageAfter.completed(record, now);
    case 'suspend':
      return task.record.status === 'FAILED' ? null : stageAfter.suspended(record);
    case 'continue':
      return task.record.status === 'FAILED' ? null : stageAfter.continued(record);
  }
}
