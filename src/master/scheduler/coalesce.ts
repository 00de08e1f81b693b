import type { Changes } from '../store/store.ts';

/** One batch of changes out of many that follow each other: of each record the last version, and none of what was deleted. */
export function coalesce(parts: readonly Changes[]): Changes {
  const deleted = new Set(parts.flatMap((part) => part.deletedTasks));
  const tasks = new Map(parts.flatMap((part) => part.tasks).map((task) => [task.name, task]));
  const stages = new Map(parts.flatMap((part) => part.stages).map((stage) => [stage.id, stage]));
  return {
    tasks: [...tasks.values()].filter((task) => !deleted.has(task.name)),
    stages: [...stages.values()].filter((stage) => !deleted.has(stage.taskName)),
    deletedTasks: [...deleted],
  };
}

export function isEmpty(changes: Changes): boolean {
  return changes.tasks.length === 0 && changes.stages.length === 0 && changes.deletedTasks.length === 0;
}
