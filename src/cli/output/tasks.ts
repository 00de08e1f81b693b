import type { TaskDetail, TaskSummary } from '../../model/views.ts';
import type { Listing } from './listing.ts';
import { rowsUnder, wireNumber, wireTime } from './wire-text.ts';

const LIST_COLUMNS = [
  'plan_name',
  'submit_time',
  'start_time',
  'complete_time',
  'task_status',
  'task_runtime',
];
const DETAIL_COLUMNS = [...LIST_COLUMNS.slice(0, 5), 'task_stage_num', 'task_runtime', 'task_stage_list'];

/** Every task, in the order given. */
export function taskListing(tasks: readonly TaskSummary[]): Listing {
  return {
    document: () => ({ tasks: tasks.map(taskFields) }),
    records: () => tasks.map(taskFields),
    names: () => tasks.map(({ name }) => name),
    table: () => ({
      columns: LIST_COLUMNS,
      rows: tasks.map((task) => taskCells(task, wireNumber(task.runtimeSeconds))),
    }),
    csv: () => ({
      columns: LIST_COLUMNS,
      rows: tasks.map((task) => [...taskCsv(task), wireNumber(task.runtimeSeconds)]),
    }),
  };
}

/** One task with the ids of its stages, a row each. */
export function taskDetailListing(task: TaskDetail): Listing {
  const fields = (): Record<string, unknown> => taskDetailFields(task);
  const counts = [String(task.stageCount), wireNumber(task.runtimeSeconds)];
  return {
    document: () => ({ task: fields() }),
    records: () => [fields()],
    names: () => [task.name],
    table: () => ({
      columns: DETAIL_COLUMNS,
      rows: rowsUnder(taskCells(task, ...counts), [task.stageIds]),
    }),
    csv: () => ({
      columns: DETAIL_COLUMNS,
      rows: [[...taskCsv(task), ...counts, task.stageIds.join(' ')]],
    }),
  };
}

/** The fields of JSON and YAML. */
export function taskDetailFields(task: TaskDetail): Record<string, unknown> {
  return { ...taskFields(task), stageCount: task.stageCount, stageIds: task.stageIds };
}

function taskFields(task: TaskSummary): Record<string, unknown> {
  const { name, submitTime, startTime, completeTime, status, runtimeSeconds } = task;
  return { name, submitTime, startTime, completeTime, status, runtimeSeconds };
}

function taskCells(task: TaskSummary, ...counts: readonly string[]): string[] {
  const { name, submitTime, startTime, completeTime, status } = task;
  return [name, wireTime(submitTime), wireTime(startTime), wireTime(completeTime), status, ...counts];
}

function taskCsv({ name, submitTime, startTime, completeTime, status }: TaskSummary): string[] {
  return [name, submitTime ?? '', startTime ?? '', completeTime ?? '', status];
}
