import { printable } from '../../model/printable.ts';
import type { StageInfo } from '../../model/views.ts';
import { displayWidth } from '../output/display-width.ts';
import { rowsOf } from './live-screen.ts';
import { isFinal, type Snapshot } from './snapshot.ts';

export interface ViewStyle {
  /** The size of the terminal. The view takes at most one row less: the cursor stands below it. */
  readonly columns: number;
  readonly rows: number;
  readonly color: boolean;
}

/** A line as it may be shown, richest first. The last form is what it can't do without. */
type Forms = readonly [string, ...string[]];

const MARKS: Readonly<Record<string, { mark: string; color: number }>> = {
  NEW: { mark: '·', color: 2 },
  WAITING: { mark: '·', color: 2 },
  RUNNING: { mark: '●', color: 36 },
  PREPARED: { mark: '◐', color: 36 },
  COMPLETED: { mark: '✓', color: 32 },
  FAILED: { mark: '✗', color: 31 },
  SUSPEND: { mark: '‖', color: 33 },
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
  for (const forms of [wordyForms, stageForms]) {
    const width = widest(stages);
    const lines = stages.map((stage) => richest(forms(stage, width, color)));
    if (rowsOf(lines, columns) <= left) return [head, ...lines];
  }
  const more = (hidden: number): string => `  … and ${hidden} more`;
  // No form that is chosen takes more rows than the barest one.
  const heights = new Map(stages.map((stage) => [stage, rowsOfLine(bareForm(stage, color))]));
  const shown = mostTelling(stages, heights, left - rowsOfLine(more(stages.length)));
  const width = widest(shown);
  const lines = shown.map((stage) => richest(stageForms(stage, width, color)));
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
    if (!isFinal(status) && status !== 'WAITING') return 2;
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
  const { name, status, runtimeSeconds } = snapshot.task;
  const id = printable(name);
  const runtime = runtimeSeconds === null ? '' : `  ${runtimeSeconds} s`;
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

/** The forms that have the status in words. `width` is that of the longest id: details stand below each other. */
function wordyForms(stage: StageInfo, width: number, color: boolean): Forms {
  const id = printable(stage.id);
  const plain = `  ${marked(stage.status, color)} ${id}`;
  const details = detail(stage);
  if (details === '') return [plain];
  const aligned = `${plain}${' '.repeat(width - displayWidth(id))}${details}`;
  const cause = stage.failure === null ? '' : `: ${printable(stage.failure)}`;
  // What failed stands before where its log is.
  const short = cause.replace(/;[^]*$/, '');
  return [`${aligned}${cause}`, `${aligned}${short}`, aligned, `${plain}${details}`, plain];
}

function stageForms(stage: StageInfo, width: number, color: boolean): Forms {
  return [...wordyForms(stage, width, color), bareForm(stage, color)];
}

function bareForm({ id, status }: StageInfo, color: boolean): string {
  return `  ${marked(status, color, '')} ${printable(id)}`;
}

function widest(stages: readonly StageInfo[]): number {
  return stages.reduce((width, { id }) => Math.max(width, displayWidth(printable(id))), 0);
}

/** The status as a mark and, unless it is to be short, a word. */
function marked(status: string, color: boolean, word = ` ${printable(status).padEnd(9)}`): string {
  const { mark, color: code } = MARKS[status] ?? { mark: '?', color: 0 };
  return color ? `\x1b[${code}m${mark}${word}\x1b[0m` : `${mark}${word}`;
}

function detail({ status, startTime, runtimeSeconds, retryCount }: StageInfo): string {
  const parts = [];
  if (runtimeSeconds !== null && isFinal(status)) parts.push(`${runtimeSeconds} s`);
  else if (startTime !== null && !isFinal(status) && status !== 'WAITING')
    parts.push(`since ${startTime.slice(11)}`);
  if (retryCount > 0) parts.push(`retry ${retryCount}`);
  return parts.length === 0 ? '' : `  ${parts.join(', ')}`;
}
