import type { Changes } from '../state/changes.ts';
import { StoreCorruptError } from '../state/corrupt.ts';
import {
  NEW_STAGE,
  type PlanOutline,
  type PlanRecord,
  type StageState,
  type TaskRecord,
} from '../state/records.ts';
import { stageIdsOf } from '../state/submission.ts';
import type { LoadedState } from '../store/store.ts';
import { Agenda } from './agenda.ts';
import { Heap } from './heap.ts';
import { isServedBefore, type StageNode, type TaskNode } from './nodes.ts';
import { releasesChildren } from './transitions.ts';

type States = ReadonlyMap<number, StageState>;
const NO_STATES: States = new Map();

/**
 * All tasks, the stages of those that are not over, and what follows from them: who waits for whom, what can be launched,
 * what is live, what is finished. Replacing a state costs O(degree of the stage), and notes it as changed.
 */
export class Graph {
  /** All of them, those that are over too. */
  readonly records = new Map<string, TaskRecord>();
  /** Those that are not over. */
  readonly tasks = new Map<string, TaskNode>();
  /** Their stages, by id. */
  readonly stages = new Map<string, StageNode>();
  readonly live = new Set<StageNode>();
  readonly agenda = new Agenda();
  /** Tasks that are over: the longest finished one first. */
  readonly finished = new Heap<TaskRecord>(isFinishedBefore);
  /** How many tasks, over or not, each plan is of. */
  readonly #planUses = new Map<string, number>();
  #plans: PlanRecord[] = [];
  readonly #changedTasks = new Map<string, TaskRecord>();
  readonly #changedStages = new Set<StageNode>();
  #deletedTasks: string[] = [];
  #deletedPlans: string[] = [];

  /** Fills an empty graph. @throws StoreCorruptError when what was loaded doesn't fit together */
  restore({ tasks, plans, stages }: LoadedState): void {
    for (const record of tasks) {
      if (record.completeTime === null) {
        const outline = plans.get(record.planId);
        if (outline === undefined)
          throw new StoreCorruptError(`task ${record.name}: its plan ${record.planId} is missing`);
        this.#addActive(record, outline, stages.get(record.name) ?? NO_STATES);
      } else {
        this.finished.push(record);
      }
      this.#addRecord(record);
    }
  }

  /** Takes in a task that was just submitted. */
  submit(record: TaskRecord, plan: PlanRecord): TaskNode {
    if (!this.#planUses.has(plan.id)) this.#plans.push(plan);
    this.#addRecord(record);
    this.#changedTasks.set(record.name, record);
    return this.#addActive(record, plan.outline, NO_STATES);
  }

  /**
   * True when no task, and no stage of one that is not over, stands in the way of a task of this name. That a stage of one
   * that is over has the same id would take the same eight random letters.
   */
  isFree(taskName: string, outline: PlanOutline): boolean {
    return !this.records.has(taskName) && !stageIdsOf(taskName, outline).some((id) => this.stages.has(id));
  }

  setTask(task: TaskNode, record: TaskRecord): void {
    task.record = record;
    this.records.set(record.name, record);
    this.#changedTasks.set(record.name, record);
    if (record.completeTime === null) return;
    this.tasks.delete(record.name);
    for (const stage of task.stages) this.stages.delete(stage.id);
    this.finished.push(record);
  }

  setStage(stage: StageNode, state: StageState): void {
    const before = stage.state;
    stage.state = state;
    this.#changedStages.add(stage);
    if (state.live !== before.live) this.#noteLive(stage, state.live);
    if (state.status === 'COMPLETED' && before.status !== 'COMPLETED') stage.task.incomplete -= 1;
    const released = Number(releasesChildren(state)) - Number(releasesChildren(before));
    if (released !== 0) {
      for (const child of stage.children) {
        child.blockedBy -= released;
        this.agenda.offer(child);
      }
    }
    this.agenda.offer(stage);
  }

  /** Forgets a finished task, and its plan where no other task is of it. */
  remove({ name, planId }: TaskRecord): void {
    this.records.delete(name);
    this.#changedTasks.delete(name);
    this.#deletedTasks.push(name);
    const uses = (this.#planUses.get(planId) ?? 0) - 1;
    if (uses > 0) {
      this.#planUses.set(planId, uses);
      return;
    }
    this.#planUses.delete(planId);
    this.#deletedPlans.push(planId);
  }

  /** What has changed since the last call. */
  takeChanges(): Changes {
    const changes = {
      plans: this.#plans,
      tasks: [...this.#changedTasks.values()],
      stages: Array.from(this.#changedStages, ({ task, index, state }) => ({
        taskName: task.record.name,
        index,
        state,
      })),
      deletedTasks: this.#deletedTasks,
      deletedPlans: this.#deletedPlans,
    };
    [this.#plans, this.#deletedTasks, this.#deletedPlans] = [[], [], []];
    this.#changedTasks.clear();
    this.#changedStages.clear();
    return changes;
  }

  #addRecord(record: TaskRecord): void {
    this.records.set(record.name, record);
    this.#planUses.set(record.planId, (this.#planUses.get(record.planId) ?? 0) + 1);
  }

  #addActive(record: TaskRecord, outline: PlanOutline, states: States): TaskNode {
    const task: TaskNode = {
      record,
      outline,
      stages: [],
      live: 0,
      incomplete: 0,
      held: new Heap(isServedBefore),
    };
    this.tasks.set(record.name, task);
    for (const [index, id] of stageIdsOf(record.name, outline).entries()) {
      const of = outline.stages[index];
      if (of === undefined) continue;
      const state = states.get(index) ?? NEW_STAGE;
      const stage: StageNode = {
        id,
        index,
        outline: of,
        task,
        state,
        children: [],
        blockedBy: 0,
        readySince: null,
      };
      task.stages.push(stage);
      this.stages.set(id, stage);
      if (state.status !== 'COMPLETED') task.incomplete += 1;
      if (state.live) this.#noteLive(stage, true);
    }
    for (const stage of task.stages) this.#link(stage);
    for (const stage of task.stages) this.agenda.offer(stage);
    return task;
  }

  #noteLive(stage: StageNode, isLive: boolean): void {
    if (isLive) this.live.add(stage);
    else this.live.delete(stage);
    const { task } = stage;
    task.live += isLive ? 1 : -1;
    if (!isLive) this.agenda.release(task);
  }

  #link(stage: StageNode): void {
    for (const index of stage.outline.dependencies) {
      const parent = stage.task.stages[index];
      if (parent === undefined) {
        throw new StoreCorruptError(
          `stage ${stage.id} depends on stage ${index + 1}, which its plan does not have`,
        );
      }
      parent.children.push(stage);
      if (!releasesChildren(parent.state)) stage.blockedBy += 1;
    }
  }
}

function isFinishedBefore(a: TaskRecord, b: TaskRecord): boolean {
  const time = (a.completeTime ?? 0) - (b.completeTime ?? 0);
  return time === 0 ? a.seq < b.seq : time < 0;
}
