import { type Changes, StoreCorruptError } from '../store/store.ts';
import { Agenda } from './agenda.ts';
import { Heap } from './heap.ts';
import type { StageNode, TaskNode } from './nodes.ts';
import type { StageRecord, TaskRecord } from './records.ts';
import { releasesChildren } from './transitions.ts';

/**
 * All tasks and stages, and what follows from their records: who waits for whom, what can be launched, what is
 * live, what is finished. Replacing a record costs O(degree of the stage), and notes the record as changed.
 */
export class Graph {
  readonly tasks = new Map<string, TaskNode>();
  readonly stages = new Map<string, StageNode>();
  readonly live = new Set<StageNode>();
  readonly agenda = new Agenda();
  /** Tasks that are over, with nothing live: the longest finished one first. */
  readonly finished = new Heap<TaskNode>(isFinishedBefore);
  readonly #changedTasks = new Set<TaskNode>();
  readonly #changedStages = new Set<StageNode>();
  readonly #deletedTasks: string[] = [];

  /** Takes in a task as its records say. @throws StoreCorruptError when they don't fit each other */
  add(record: TaskRecord, stages: readonly StageRecord[]): TaskNode {
    const task: TaskNode = { record, stages: [], live: 0, incomplete: 0 };
    this.tasks.set(record.name, task);
    for (const stage of stages) {
      const node: StageNode = { record: stage, task, children: [], blockedBy: 0 };
      task.stages.push(node);
      this.stages.set(stage.id, node);
      if (stage.status !== 'COMPLETED') task.incomplete += 1;
      if (stage.live) this.#enter(node);
    }
    for (const stage of task.stages) this.#link(stage);
    for (const stage of task.stages) this.agenda.offer(stage);
    this.#noteFinished(task);
    return task;
  }

  /** Notes the task and all of its stages as changed. */
  touch(task: TaskNode): void {
    this.#changedTasks.add(task);
    for (const stage of task.stages) this.#changedStages.add(stage);
  }

  setTask(task: TaskNode, record: TaskRecord): void {
    task.record = record;
    this.#changedTasks.add(task);
    this.#noteFinished(task);
  }

  setStage(stage: StageNode, record: StageRecord): void {
    const before = stage.record;
    stage.record = record;
    this.#changedStages.add(stage);
    if (record.live !== before.live) {
      if (record.live) this.#enter(stage);
      else this.#leave(stage);
    }
    if (record.status === 'COMPLETED' && before.status !== 'COMPLETED') stage.task.incomplete -= 1;
    const released = Number(releasesChildren(record)) - Number(releasesChildren(before));
    if (released !== 0) {
      for (const child of stage.children) {
        child.blockedBy -= released;
        this.agenda.offer(child);
      }
    }
    this.agenda.offer(stage);
  }

  /** Forgets a finished task. */
  remove(task: TaskNode): void {
    this.tasks.delete(task.record.name);
    for (const stage of task.stages) {
      this.stages.delete(stage.record.id);
      this.#changedStages.delete(stage);
    }
    this.#changedTasks.delete(task);
    this.#deletedTasks.push(task.record.name);
  }

  /** What has changed since the last call. */
  takeChanges(): Changes {
    const changes = {
      tasks: Array.from(this.#changedTasks, (task) => task.record),
      stages: Array.from(this.#changedStages, (stage) => stage.record),
      deletedTasks: this.#deletedTasks.splice(0),
    };
    this.#changedTasks.clear();
    this.#changedStages.clear();
    return changes;
  }

  #enter(stage: StageNode): void {
    this.live.add(stage);
    stage.task.live += 1;
  }

  #leave(stage: StageNode): void {
    this.live.delete(stage);
    stage.task.live -= 1;
    this.#noteFinished(stage.task);
  }

  #link(stage: StageNode): void {
    for (const id of stage.record.parents) {
      const parent = this.stages.get(id);
      if (parent?.task !== stage.task) {
        throw new StoreCorruptError(
          `stage ${stage.record.id} depends on ${id}, which its task does not have`,
        );
      }
      parent.children.push(stage);
      if (!releasesChildren(parent.record)) stage.blockedBy += 1;
    }
  }

  /** Both halves of it happen once, in either order: the task is over, and its last program has ended. */
  #noteFinished(task: TaskNode): void {
    if (task.record.completeTime !== null && task.live === 0) this.finished.push(task);
  }
}

function isFinishedBefore(a: TaskNode, b: TaskNode): boolean {
  const time = (a.record.completeTime ?? 0) - (b.record.completeTime ?? 0);
  return time === 0 ? a.record.seq < b.record.seq : time < 0;
}
