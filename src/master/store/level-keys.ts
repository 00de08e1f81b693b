/*
 * The keys of format 2 of the database:
 *
 * meta:format           the number of the format
 * task:<name>           TaskRecord
 * stage:<task>/<index>  StageState, of stages that are not new any more
 * plan:<id>             PlanOutline
 * spec:<id>/<index>     StageSpec
 *
 * Indexes have six digits, so that they sort; names of tasks and ids of plans have no slash.
 */

export const FORMAT_KEY = 'meta:format';

const padded = (index: number): string => String(index).padStart(6, '0');

export const keyOf = {
  task: (name: string): string => `task:${name}`,
  stage: (taskName: string, index: number): string => `stage:${taskName}/${padded(index)}`,
  plan: (id: string): string => `plan:${id}`,
  spec: (id: string, index: number): string => `spec:${id}/${padded(index)}`,
};

/** `gt` is what all keys of the range begin with. */
export const rangeOf = {
  tasks: { gt: 'task:', lt: 'task;' },
  stages: (taskName: string) => ({ gt: `stage:${taskName}/`, lt: `stage:${taskName}0` }),
  specs: (id: string) => ({ gt: `spec:${id}/`, lt: `spec:${id}0` }),
};
