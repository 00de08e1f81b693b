import type { StageInfo } from '../../model/views.ts';
import { renderColumns, type Column, type TextStyle } from './columns.ts';
import type { Listing } from './listing.ts';
import { printable } from '../../model/printable.ts';
import { causesOf, isRunning, nameOf, statusColor, whyOf } from './stage-words.ts';
import { rowsUnder, wireNumber, wireTime } from './table.ts';
import { completed, started } from './tasks.ts';
import { spanText, timeField } from './times.ts';

const COLUMNS = ['stage_id', 'platform', 'start_time', 'complete_time', 'retry_count'];
const CSV_COLUMNS = [
  ...COLUMNS,
  'stage_runtime',
  'stage_status',
  'parent_list',
  'children_list',
  'stage_name',
  'task_name',
  'attempt',
  'stage_failure',
  'stage_log',
  'stage_waits',
];

/** The stages of a task. `wide` adds to what people read, and to the table the status and why the last attempt failed. */
export function stageListing(stages: readonly StageInfo[], wide: boolean): Listing {
  return {
    document: () => ({ stages: stages.map(stageFields) }),
    records: () => stages.map(stageFields),
    names: () => stages.map(({ id }) => id),
    text: (style) => stageLines(stages, wide, style),
    table: () => ({
      columns: [...COLUMNS, 'stage_runtime', ...(wide ? ['stage_status', 'failure'] : [])],
      rows: stages.map((stage) => [
        ...stageCells(stage),
        wireNumber(stage.runtimeSeconds),
        ...(wide ? [stage.status, stage.failure ?? ''] : []),
      ]),
    }),
    csv: () => stagesCsv(stages),
  };
}

/** The stages of a task for people, a line each. `wide` adds to them, and nothing is cut then. */
export function stageLines(stages: readonly StageInfo[], wide: boolean, style: TextStyle): Iterable<string> {
  const isNamed = stages.some(({ name, id }) => name !== null && name !== id);
  const causes = causesOf(stages);
  const columns: Column[] = [
    { title: isNamed ? 'NAME' : 'STAGE', elide: 2 },
    { title: 'STATUS', color: statusColor },
    { title: 'DURATION' },
    { title: 'PLATFORM' },
    { title: 'ATTEMPTS' },
    { title: 'ID' },
    { title: 'WHY', elide: 1 },
    { title: 'LOG' },
  ];
  const rows = stages.map((stage) => [
    nameOf(stage),
    stage.status,
    spanText(stage, isRunning(stage), style.now),
    ...(wide ? [stage.platform, attempts(stage), isNamed ? stage.id : ''] : ['', '', '']),
    whyOf(stage, causes),
    wide ? (stage.log ?? '') : '',
  ]);
  return renderColumns(columns, rows, wide ? { ...style, width: null } : style);
}

/** Where the logs of stages are, a line each, below an empty one. */
export function* logLines(stages: readonly StageInfo[]): Generator<string> {
  const logs = stages.filter(({ log }) => log !== null);
  if (logs.length > 0) yield '\n';
  for (const stage of logs) yield `log of ${printable(nameOf(stage))}: ${printable(stage.log ?? '')}\n`;
}

/** How often it was launched, as far as the master says. */
export function attempts({ attempt, retryCount, startTime }: StageInfo): string {
  if (attempt !== null) return String(attempt);
  return String(startTime === null ? retryCount : retryCount + 1);
}

/** As documented: the fields of JSON and YAML. */
export function stageFields(stage: StageInfo): Record<string, unknown> {
  const { id, name, taskName, platform, status, statusSource, runtimeSeconds, retryCount } = stage;
  const { attempt, failure, log, waitsFor, parents, children, jobInfo } = stage;
  return {
    id,
    name,
    taskName,
    platform,
    status,
    statusSource,
    startTime: timeField(started(stage)),
    completeTime: timeField(completed(stage)),
    runtimeSeconds,
    retryCount,
    attempt,
    failure,
    log,
    waitsFor,
    parents,
    children,
    jobInfo,
  };
}

/** The columns of the Java shell for one stage, with its parents and children, a row each. `wide` adds status and runtime. */
export function stageTable(stage: StageInfo, wide: boolean) {
  return {
    columns: [...COLUMNS, ...(wide ? ['stage_runtime', 'stage_status'] : []), 'parent_list', 'children_list'],
    rows: rowsUnder(
      [...stageCells(stage), ...(wide ? [wireNumber(stage.runtimeSeconds), stage.status] : [])],
      [stage.parents, stage.children],
    ),
  };
}

/** Stages as CSV. */
export function stagesCsv(stages: readonly StageInfo[]) {
  return { columns: CSV_COLUMNS, rows: stages.map(stageCsv) };
}

function stageCells({ id, platform, startTime, completeTime, retryCount }: StageInfo): string[] {
  return [id, platform, wireTime(startTime), wireTime(completeTime), String(retryCount)];
}

function stageCsv(stage: StageInfo): string[] {
  const { id, platform, retryCount, runtimeSeconds, status, attempt } = stage;
  return [
    id,
    platform,
    timeField(started(stage)) ?? '',
    timeField(completed(stage)) ?? '',
    String(retryCount),
    wireNumber(runtimeSeconds),
    status,
    stage.parents.join(' '),
    stage.children.join(' '),
    stage.name ?? '',
    stage.taskName ?? '',
    wireNumber(attempt),
    stage.failure ?? '',
    stage.log ?? '',
    stage.waitsFor ?? '',
  ];
}
