import { printable } from '../../model/printable.ts';
import type { StageInfo } from '../../model/views.ts';
import { displayWidth } from '../output/display-width.ts';
import { causesOf, isRunning, nameOf, statusColor, whyOf, type Causes } from '../output/stage-words.ts';
import { clockTime, spanText } from '../output/times.ts';
import { rowsOf } from './live-screen.ts';
import { isFinal, isStageFinal, type Snapshot } from './snapshot.ts';

export interface ViewStyle {
  /** The size of the terminal. The view takes at most one row less: the cursor stands below it. */
  readonly columns: number;
  readonly rows: number;
  readonly color: boolean;
}

/** A line as it may be shown, richest first. The last form is what it can't do without. */
type Forms = readonly [string, ...string[]];

const MARKS: Readonly<Record<string, string>> = {
  NEW: '·',
  WAITING: '·',
  SKIPPED: '-',
  RUNNING: '●',
  PREPARED: '◐',
  COMPLETED: '✓',
  FAILED: '✗',
  SUSPEND: '‖',
};

/**
 * The lines of the view: the task, and a line for each of its stages. Never more than the terminal can show. Where room is
 * short, lines lose what can be missed, and then stages are left out, those that tell most being kept; a name or an id is
 * shown whole or not at all.
 */
export function renderView(snapshot: Snapshot, { columns, rows, color }: ViewStyle): string[] {
  const { task, stages } = snapshot;
  const room = rows - 1;
  const rowsOfLine = (line: string): number => rowsOf([line], columns);
  const richest = (forms: Forms): string => {
    const least = rowsOfLine(forms.at(-1) ?? forms[0]);
    return forms.find((form) => rowsOfLine(form) <= least) ?? forms[0];
  };

  const head = richest(headForms(snapshot, color));
  if (rowsOfLine(head) > room) {
    // Not even the name of the task has room.
    const short = `${marked(task.status, color)} ${progress(snapshot)}`;
    return rowsOfLine(short) <= room ? [short] : [];
  }
  const left = room - rowsOfLine(head);
  const causes = causesOf(stages);
  for (const forms of [wordyForms, stageForms]) {
    const width = widest(stages);
    const lines = stages.map((stage) => richest(forms(stage, causes, width, color)));
    if (rowsOf(lines, columns) <= left) return [head, ...lines];
  }
  const more = (hidden: number): string => `  … and ${hidden} more`;
  // No form that is chosen takes more rows than the barest one.
  const heights = new Map(stages.map((stage) => [stage, rowsOfLine(bareForm(stage, color))]));
  const shown = mostTelling(stages, heights, left - rowsOfLine(more(stages.length)));
  const width = widest(shown);
  const lines = shown.map((stage) => richest(stageForms(stage, causes, width, color)));
  const end = more(stages.length - shown.length);
  return rowsOfLine(end) <= left ? [head, ...lines, end] : [head];
}

/** Failed ones first, then what runs, then what waits, as many as have room; in the order of the plan. */
function mostTelling(
  stages: readonly StageInfo[],
  heights: ReadonlyMap<StageInfo, number>,
  room: number,
): StageInfo[] {
  const rank = ({ status }: StageInfo): number => {
    if (status === 'FAILED') return 0;
    if (status === 'SUSPEND') return 1;
    if (!isStageFinal(status) && status !== 'WAITING') return 2;
    return status === 'WAITING' ? 3 : 4;
  };
  const chosen = new Set<StageInfo>();
  let left = room;
  for (const stage of stages.toSorted((a, b) => rank(a) - rank(b))) {
    const height = heights.get(stage) ?? 1;
    if (height > left) continue;
    chosen.add(stage);
    left -= height;
  }
  return stages.filter((stage) => chosen.has(stage));
}

function headForms(snapshot: Snapshot, color: boolean): Forms {
  const { name, status } = snapshot.task;
  const id = printable(name);
  const took = spanText(snapshot.task, false, 0);
  const runtime = took === '' ? '' : `  ${took}`;
  return [
    `${marked(status, color)} ${id}  ${progress(snapshot)}${runtime}`,
    `${marked(status, color)} ${id}  ${progress(snapshot)}`,
    `${marked(status, color, '')} ${id}  ${progress(snapshot)}`,
    `${marked(status, color)} ${id}`,
    `${marked(status, color, '')} ${id}`,
  ];
}

function progress({ stages }: Snapshot): string {
  return `${stages.filter(({ status }) => status === 'COMPLETED').length}/${stages.length} stages`;
}

/** The forms that have the status in words. `width` is that of the longest name: details stand below each other. */
function wordyForms(stage: StageInfo, causes: Causes, width: number, color: boolean): Forms {
  const name = printable(nameOf(stage));
  const plain = `  ${marked(stage.status, color)} ${name}`;
  const details = detail(stage);
  const why = printable(reason(stage, causes));
  if (details === '' && why === '') return [plain];
  const aligned = `${plain}${' '.repeat(width - displayWidth(name))}${details}`;
  if (why === '') return [aligned, `${plain}${details}`, plain];
  const gap = details === '' ? '  ' : ': ';
  // An older master of ours adds to what failed where its log is.
  const short = why.replace(/;[\s\S]*/, '');
  const bare = details === '' ? [plain] : [aligned, `${plain}${details}`, plain];
  return [`${aligned}${gap}${why}`, `${aligned}${gap}${short}`, ...bare];
}

/** What stands after the details: why it failed, waits, is skipped or runs again. */
function reason(stage: StageInfo, causes: Causes): string {
  const { status, retryCount, failure } = stage;
  if (status === 'COMPLETED') return '';
  return retryCount > 0 && status !== 'SKIPPED' ? (failure ?? '') : whyOf(stage, causes);
}

function stageForms(stage: StageInfo, causes: Causes, width: number, color: boolean): Forms {
  return [...wordyForms(stage, causes, width, color), bareForm(stage, color)];
}

function bareForm(stage: StageInfo, color: boolean): string {
  return `  ${marked(stage.status, color, '')} ${printable(nameOf(stage))}`;
}

function widest(stages: readonly StageInfo[]): number {
  return stages.reduce((width, stage) => Math.max(width, displayWidth(printable(nameOf(stage)))), 0);
}

/** The status as a mark and, unless it is to be short, a word. */
function marked(status: string, color: boolean, word = ` ${printable(status).padEnd(9)}`): string {
  const mark = MARKS[status] ?? '?';
  return color ? `\x1b[${statusColor(status) ?? 0}m${mark}${word}\x1b[0m` : `${mark}${word}`;
}

function detail(stage: StageInfo): string {
  const { status, startTime, startAt, retryCount } = stage;
  const parts: string[] = [];
  if (isFinal(status)) parts.push(spanText(stage, false, 0));
  else if (isRunning(stage) && (startAt !== null || startTime !== null))
    parts.push(`since ${startAt === null ? (startTime?.slice(11) ?? '') : clockTime(startAt)}`);
  if (retryCount > 0) parts.push(`retry ${retryCount}`);
  const given = parts.filter((part) => part !== '');
  return given.length === 0 ? '' : `  ${given.join(', ')}`;
}
