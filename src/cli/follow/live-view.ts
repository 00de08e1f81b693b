import type { StageInfo } from '../../model/views.ts';
import { displayWidth } from '../output/display-width.ts';
import { printable } from '../output/printable.ts';
import type { Sink } from '../io.ts';
import { isFinal, type Snapshot } from './snapshot.ts';

export interface ViewStyle {
  readonly columns: number;
  /** Lines that the view may take; a plan with more stages shows those that matter most. */
  readonly rows: number;
  readonly color: boolean;
}

const MARKS: Readonly<Record<string, { mark: string; color: number }>> = {
  NEW: { mark: '·', color: 2 },
  WAITING: { mark: '·', color: 2 },
  RUNNING: { mark: '●', color: 36 },
  PREPARED: { mark: '◐', color: 36 },
  COMPLETED: { mark: '✓', color: 32 },
  FAILED: { mark: '✗', color: 31 },
  SUSPEND: { mark: '‖', color: 33 },
};

/** The lines of the view: the task, and a line for each of its stages. */
export function renderView(snapshot: Snapshot, { rows, color }: ViewStyle): string[] {
  const { task, stages } = snapshot;
  const done = stages.filter(({ status }) => status === 'COMPLETED').length;
  const head = `${marked(task.status, color)} ${printable(task.name)}  ${done}/${stages.length} stages${seconds(task.runtimeSeconds)}`;
  const room = Math.max(3, rows - 2);
  const shown = stages.length <= room ? stages : mostTelling(stages, room - 1);
  const width = Math.max(0, ...shown.map(({ id }) => displayWidth(printable(id))));
  const lines = shown.map((stage) => {
    const id = printable(stage.id);
    const more = detail(stage);
    const gap = more === '' ? '' : ' '.repeat(width - displayWidth(id));
    return `  ${marked(stage.status, color)} ${id}${gap}${more}`;
  });
  const hidden = stages.length - shown.length;
  return [head, ...lines, ...(hidden > 0 ? [`  … and ${hidden} more`] : [])];
}

/** Failed ones first, then what runs, then what waits; each in the order of the plan. */
function mostTelling(stages: readonly StageInfo[], count: number): StageInfo[] {
  const rank = ({ status }: StageInfo): number => {
    if (status === 'FAILED') return 0;
    if (status === 'SUSPEND') return 1;
    if (!isFinal(status) && status !== 'WAITING') return 2;
    return status === 'WAITING' ? 3 : 4;
  };
  const chosen = new Set(stages.toSorted((a, b) => rank(a) - rank(b)).slice(0, count));
  return stages.filter((stage) => chosen.has(stage));
}

function marked(status: string, color: boolean): string {
  const { mark, color: code } = MARKS[status] ?? { mark: '?', color: 0 };
  const text = `${mark} ${printable(status).padEnd(9)}`;
  return color ? `\x1b[${code}m${text}\x1b[0m` : text;
}

function detail({ status, startTime, runtimeSeconds, retryCount }: StageInfo): string {
  const parts = [];
  if (runtimeSeconds !== null && isFinal(status)) parts.push(`${runtimeSeconds} s`);
  else if (startTime !== null && !isFinal(status) && status !== 'WAITING')
    parts.push(`since ${startTime.slice(11)}`);
  if (retryCount > 0) parts.push(`retry ${retryCount}`);
  return parts.length === 0 ? '' : `  ${parts.join(', ')}`;
}

function seconds(runtime: number | null): string {
  return runtime === null ? '' : `  ${runtime} s`;
}

/** Draws lines on a terminal over those that it drew before. */
export class LiveScreen {
  readonly #sink: Sink;
  #rows = 0;
  #last = '';

  constructor(sink: Sink) {
    this.#sink = sink;
  }

  async draw(lines: readonly string[], columns: number): Promise<void> {
    const text = lines.join('\n');
    if (text === this.#last) return;
    this.#last = text;
    // Up to the first line, then clear from there to the end of the screen.
    const back = this.#rows === 0 ? '' : `\x1b[${this.#rows}A\r\x1b[0J`;
    // A line that is wider than the terminal takes several of its rows.
    this.#rows = lines.reduce(
      (sum, line) => sum + Math.max(1, Math.ceil(displayWidth(plain(line)) / columns)),
      0,
    );
    await this.#sink.write(`${back}${text}\n`);
  }

  /** What is written by others next stays; the view is drawn anew below it. */
  forget(): void {
    this.#rows = 0;
    this.#last = '';
  }
}

function plain(line: string): string {
  return line.replace(/\x1b\[\d*m/g, '');
}
