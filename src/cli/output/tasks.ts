import type { TaskSummary } from '../../model/views.ts';
import { renderColumns, type Column, type TextStyle } from './columns.ts';
import type { Listing } from './listing.ts';
import { statusColor } from './stage-words.ts';
import { rowsOf, wireNumber, wireTime } from './table.ts';
import { durationText, shortTimeText, spanText, timeField, timeText, type WireTime } from './times.ts';

const LIST_COLUMNS = [
  'plan_name',
  'submit_time',
  'start_time',
  'complete_time',
  'task_status',
  'task_runtime',
];
const CSV_COLUMNS = [...LIST_COLUMNS, 'task_failure'];

/** Every task, in the order given. `wide` adds the plan and the times to what people read, and nothing is cut then. */
export function taskListing(tasks: readonly TaskSummary[], wide = false): Listing {
  return {
    document: () => ({ tasks: tasks.map(taskFields) }),
    records: () => tasks.map(taskFields),
    names: () => tasks.map(({ name }) => name),
    text: (style) => taskLines(tasks, wide, wide ? { ...style, width: null } : style),
    table: () => ({
      columns: LIST_COLUMNS,
      rows: rowsOf(tasks, (task) => [...taskCells(task), wireNumber(task.runtimeSeconds)]),
    }),
    csv: () => ({
      columns: CSV_COLUMNS,
      rows: rowsOf(tasks, (task) => [...taskCsv(task), wireNumber(task.runtimeSeconds), task.failure ?? '']),
    }),
  };
}

function taskLines(tasks: readonly TaskSummary[], wide: boolean, style: TextStyle): Iterable<string> {
  // What a Java master says of a time is no moment: it has no age.
  const hasAges = tasks.some(({ submitAt }) => submitAt !== null);
  const timeOf = (time: WireTime): string =>
    style.width === null ? timeText(time) : shortTimeText(time, style.now);
  const columns: Column[] = [
    { title: 'TASK', elide: 2 },
    { title: 'STATUS', color: statusColor },
    { title: 'AGE' },
    { title: 'DURATION' },
    { title: 'SUBMITTED' },
    { title: 'STARTED' },
    { title: 'COMPLETED' },
    { title: 'PLAN' },
    { title: 'WHY', elide: 1 },
  ];
  const rows = tasks.map((task) => [
    task.name,
    task.status,
    task.submitAt === null ? '' : durationText(wholeSeconds(style.now - task.submitAt)),
    spanText(task, task.status === 'RUNNING', style.now),
    wide || !hasAges ? timeOf(submitted(task)) : '',
    ...(wide ? [timeOf(started(task)), timeOf(completed(task)), task.planName ?? ''] : ['', '', '']),
    task.failure ?? '',
  ]);
  return renderColumns(columns, rows, style);
}

function wholeSeconds(ms: number): number {
  return Math.floor(ms / 1000) * 1000;
}

export function submitted({ submitTime, submitAt }: TaskSummary): WireTime {
  return { text: submitTime, at: submitAt };
}

/** When a task or stage started. */
export function started({ startTime, startAt }: Pick<TaskSummary, 'startTime' | 'startAt'>): WireTime {
  return { text: startTime, at: startAt };
}

/** When a task or stage had completed. */
export function completed({
  completeTime,
  completeAt,
}: Pick<TaskSummary, 'completeTime' | 'completeAt'>): WireTime {
  return { text: completeTime, at: completeAt };
}

/** As documented: the fields of JSON and YAML. */
export function taskFields(task: TaskSummary): Record<string, unknown> {
  const { name, planName, status, runtimeSeconds, failure } = task;
  return {
    name,
    planName,
    submitTime: timeField(submitted(task)),
    startTime: timeField(started(task)),
    completeTime: timeField(completed(task)),
    status,
    runtimeSeconds,
    failure,
  };
}

/** The first cells of a row of the Java shell. */
export function taskCells({ name, submitTime, startTime, completeTime, status }: TaskSummary): string[] {
  return [name, wireTime(submitTime), wireTime(startTime), wireTime(completeTime), status];
}

/** The same of CSV. */
export function taskCsv(task: TaskSummary): string[] {
  const times = [submitted(task), started(task), completed(task)].map((time) => timeField(time) ?? '');
  return [task.name, ...times, task.status];
}
