import type { PlanRecord, StageState, TaskRecord } from './records.ts';

/** What one write changes. What goes, goes before what is new or replaced comes. */
export interface Changes {
  readonly plans: readonly PlanRecord[];
  readonly tasks: readonly TaskRecord[];
  readonly stages: readonly StageChange[];
  /** Names of tasks; the states of their stages go with them. None is among `tasks`, or has stages among `stages`. */
  readonly deletedTasks: readonly string[];
  /** Ids of plans of which no task is left. One can be among `plans`, when it came back at once. */
  readonly deletedPlans: readonly string[];
}

interface StageChange {
  readonly taskName: string;
  /** Its place in the plan, from 0. */
  readonly index: number;
  readonly state: StageState;
}

/** One batch of changes out of many that follow each other: of everything the last version, and nothing of what was deleted. */
export function coalesce(parts: readonly Changes[]): Changes {
  const [only] = parts;
  if (only !== undefined && parts.length === 1) return only;
  const deletedTasks = new Set<string>();
  const deletedPlans = new Set<string>();
  const plans = new Map<string, PlanRecord>();
  const tasks = new Map<string, TaskRecord>();
  const stages = new Map<string, StageChange>();
  for (const part of parts) {
    for (const id of part.deletedPlans) {
      deletedPlans.add(id);
      plans.delete(id);
    }
    for (const name of part.deletedTasks) deletedTasks.add(name);
    for (const plan of part.plans) plans.set(plan.id, plan);
    for (const task of part.tasks) tasks.set(task.name, task);
    for (const stage of part.stages) stages.set(`${stage.taskName}/${stage.index}`, stage);
  }
  return {
    plans: [...plans.values()],
    tasks: [...tasks.values()].filter((task) => !deletedTasks.has(task.name)),
    stages: [...stages.values()].filter((stage) => !deletedTasks.has(stage.taskName)),
    deletedTasks: [...deletedTasks],
    deletedPlans: [...deletedPlans],
  };
}

export function isEmpty(changes: Changes): boolean {
  return Object.values(changes).every((part: readonly unknown[]) => part.length === 0);
}
