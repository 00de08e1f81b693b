import { printable } from '../../model/printable.ts';
import type { StageInfo, TaskDetail } from '../../model/views.ts';
import { renderFields, type TextStyle } from './columns.ts';
import type { Listing } from './listing.ts';
import { isRunning, statusColor } from './stage-words.ts';
import { logLines, stageFields, stageLines } from './stages.ts';
import { rowsUnder, wireNumber } from './table.ts';
import { completed, started, submitted, taskCells, taskCsv, taskFields } from './tasks.ts';
import { durationText, spanText, timeText } from './times.ts';

const DETAIL_COLUMNS = [
  'plan_name',
  'submit_time',
  'start_time',
  'complete_time',
  'task_status',
  'task_stage_num',
  'task_runtime',
  'task_stage_list',
];
const CSV_COLUMNS = [...DETAIL_COLUMNS, 'task_failure'];

/**
 * One task: for people a summary and its stages, in the table of the Java shell the ids of its stages, a row each.
 * @param stages null where they were not asked for
 */
export function taskDetailListing(
  task: TaskDetail,
  stages: readonly StageInfo[] | null,
  wide = false,
): Listing {
  const fields = (): Record<string, unknown> => taskDetailFields(task, stages);
  const counts = [String(task.stageCount), wireNumber(task.runtimeSeconds)];
  return {
    document: () => ({ task: fields() }),
    records: () => [fields()],
    names: () => [task.name],
    text: (style) => detailLines(task, stages ?? [], wide, style),
    table: () => ({
      columns: DETAIL_COLUMNS,
      rows: rowsUnder([...taskCells(task), ...counts], [task.stageIds]),
    }),
    csv: () => ({
      columns: CSV_COLUMNS,
      rows: [[...taskCsv(task), ...counts, task.stageIds.join(' '), task.failure ?? '']],
    }),
  };
}

/** The fields of JSON and YAML. */
export function taskDetailFields(
  task: TaskDetail,
  stages: readonly StageInfo[] | null,
): Record<string, unknown> {
  return {
    ...taskFields(task),
    stageCount: task.stageCount,
    stageIds: task.stageIds,
    ...(stages === null ? {} : { stages: stages.map(stageFields) }),
  };
}

function* detailLines(
  task: TaskDetail,
  stages: readonly StageInfo[],
  wide: boolean,
  style: TextStyle,
): Generator<string> {
  const { submitAt, status } = task;
  const age =
    submitAt === null ? '' : ` (${durationText(Math.floor((style.now - submitAt) / 1000) * 1000)} ago)`;
  yield* renderFields([
    ['Task', printable(task.name)],
    ['Plan', printable(task.planName ?? '')],
    ['Status', colored(status, style.color)],
    ['Why', printable(task.failure ?? '')],
    ['Submitted', `${timeText(submitted(task))}${age}`],
    ['Started', shownTime(timeText(started(task)))],
    ['Completed', shownTime(timeText(completed(task)))],
    ['Duration', spanText(task, status === 'RUNNING', style.now)],
    ['Stages', stageCounts(task, stages)],
  ]);
  if (stages.length === 0) return;
  yield '\n';
  yield* stageLines(stages, wide, style);
  if (!wide) yield* logLines(stages.filter((stage) => stage.status === 'FAILED'));
}

/** No line for what has not happened. */
function shownTime(text: string): string {
  return text === '-' ? '' : text;
}

/** What stands in a summary for a status. */
export function colored(status: string, color: boolean): string {
  const code = color ? statusColor(status) : null;
  return code === null ? printable(status) : `\x1b[${code}m${status}\x1b[0m`;
}

/** `2 of 5 completed, 1 failed, 2 skipped`. */
function stageCounts({ stageCount, status }: TaskDetail, stages: readonly StageInfo[]): string {
  if (stageCount === 0) return status === 'COMPLETED' ? `none: ${NO_STAGES}` : 'none';
  if (stages.length < stageCount) return String(stageCount);
  const count = (word: string, matches: (stage: StageInfo) => boolean): string[] => {
    const n = stages.filter(matches).length;
    return n === 0 ? [] : [`${n} ${word}`];
  };
  const done = stages.filter((stage) => stage.status === 'COMPLETED').length;
  return [
    `${done} of ${stageCount} completed`,
    ...count('running', isRunning),
    ...count('suspended', (stage) => stage.status === 'SUSPEND'),
    ...count('failed', (stage) => stage.status === 'FAILED'),
    ...count('skipped', (stage) => stage.status === 'SKIPPED'),
  ].join(', ');
}

/** What a task of no stages that has "completed" most likely means. */
export const NO_STAGES =
  'nothing has run; a Java master makes such a task of a plan file that it can not read';
