import { Graph } from './graph.ts';
import type { Changes } from '../state/changes.ts';
import type { StageState } from '../state/records.ts';
import type { Effect, Happening } from './events.ts';
import { happeningOf } from './happenings.ts';
import type { StageNode, TaskNode } from './nodes.ts';
import * as stageAfter from './transitions.ts';

/** What has come of an event so far. */
export interface Gathered {
  readonly changes: Changes;
  readonly effects: readonly Effect[];
  readonly happenings: readonly Happening[];
}

/** The graph, and what is to be done and told because of what is changed in it. */
export class Board {
  readonly graph = new Graph();
  #effects: Effect[] = [];
  #happenings: Happening[] = [];

  /** Everything since the last call. */
  take(): Gathered {
    const gathered = {
      changes: this.graph.takeChanges(),
      effects: this.#effects,
      happenings: this.#happenings,
    };
    this.#effects = [];
    this.#happenings = [];
    return gathered;
  }

  tell(happening: Happening): void {
    this.#happenings.push(happening);
  }

  set(stage: StageNode, state: StageState): void {
    const happening = happeningOf(stage, state);
    if (happening !== null) this.#happenings.push(happening);
    this.graph.setStage(stage, state);
  }

  /** Has the live attempt run, or followed. */
  start(stage: StageNode): void {
    const { name, planId, planDir } = stage.task.record;
    const { attempt, recovered, startTime } = stage.state;
    this.#effects.push({
      kind: 'start',
      stageId: stage.id,
      stageName: stage.outline.name,
      taskName: name,
      index: stage.index,
      attempt,
      planId,
      planDir,
      ...(recovered && startTime !== null ? { launchedAt: startTime } : {}),
    });
  }

  /** Has the live attempt end, for whatever is noted in its state. */
  end(stage: StageNode): void {
    this.#effects.push({ kind: 'stop', stageId: stage.id, attempt: stage.state.attempt });
  }

  /** Stops a stage that is under way: its attempt has failed then. What is overdue is being stopped already, and has completed. */
  stop(stage: StageNode, reason: string): void {
    if (!stageAfter.isUnderWay(stage.state) || stage.state.overdue) return;
    this.set(stage, stageAfter.stopping(stage.state, reason));
    this.end(stage);
  }

  stopDescendants(failed: StageNode): void {
    const seen = new Set<StageNode>();
    const open = [failed];
    for (let stage = open.pop(); stage !== undefined; stage = open.pop()) {
      for (const child of stage.children) {
        if (seen.has(child)) continue;
        seen.add(child);
        open.push(child);
        this.stop(child, `stopped: ${failed.outline.name} failed`);
      }
    }
  }

  fail(task: TaskNode, failure: string): void {
    this.graph.setTask(task, { ...task.record, status: 'FAILED', failure });
  }

  /** Ends the task when its last stage has completed, or, after a failure, when nothing is live any more. */
  settle(task: TaskNode, at: number): void {
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
    this.graph.setTask(task, { ...record, status, completeTime });
    const ms = completeTime - record.submitTime;
    this.tell({ kind: 'ended', taskName: record.name, status, reason: record.failure, ms });
  }

  /** What is to go from what a task left outside the store. */
  forget(taskName: string): void {
    this.#effects.push({ kind: 'forget', taskName });
    this.tell({ kind: 'expired', taskName });
  }
}
