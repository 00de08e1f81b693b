import { displayWidth, isPlain, padded } from './display-width.ts';
import { printable } from '../../model/printable.ts';

/** A header and the rows below it. Rows may be longer or shorter than the header only by mistake. */
export interface Table {
  readonly columns: readonly string[];
  readonly rows: Rows;
}

export interface Rows extends Iterable<readonly string[]> {
  readonly length: number;
}

/** A row of each item, made anew whenever the rows are gone through: a long list is not kept a second time as text. */
export function rowsOf<T>(items: readonly T[], cells: (item: T) => readonly string[]): Rows {
  return {
    length: items.length,
    *[Symbol.iterator]() {
      for (const item of items) yield cells(item);
    },
  };
}

/**
 * Draws the table that the Java shell draws: rules above and below the header and at the end, cells left-aligned and padded
 * to the width of their column on a terminal, nothing cut. Yields lines with their line break.
 *
 * cli-table3 draws the same frame, and takes seconds for ten thousand rows; this is linear.
 */
export function* renderTable({ columns, rows }: Table): Generator<string> {
  const widths = columns.map(displayWidth);
  // Most columns are plain ASCII throughout, and then drawing them takes no second look.
  const isPlainColumn = columns.map(isPlain);
  for (const row of rows) {
    for (let i = 0; i < widths.length; i += 1) {
      const cell = row[i] ?? '';
      const plain = isPlain(cell);
      const width = plain ? cell.length : displayWidth(printable(cell));
      if (!plain) isPlainColumn[i] = false;
      if (width > (widths[i] ?? 0)) widths[i] = width;
    }
  }
  const rule = `+${widths.map((width) => '-'.repeat(width + 2)).join('+')}+\n`;
  const line = (row: readonly string[]): string => {
    let text = '|';
    for (let i = 0; i < widths.length; i += 1) {
      const cell = row[i] ?? '';
      const width = widths[i] ?? 0;
      text += ` ${isPlainColumn[i] === true ? cell.padEnd(width) : padded(printable(cell), width)} |`;
    }
    return `${text}\n`;
  };
  yield rule;
  yield line(columns);
  yield rule;
  for (const row of rows) yield line(row);
  yield rule;
}

/** How the Java shell shows a time: `2026-11-23 06:24:07`, or three spaces and a dash where there is none. */
export function wireTime(iso: string | null): string {
  return iso === null ? '   -' : iso.replace('T', ' ');
}

/** Empty where there is none. */
export function wireNumber(value: number | null): string {
  return value === null ? '' : String(value);
}

/** A row of `cells` followed by the first of each list, and below it rows that hold only the rest of the lists. */
export function rowsUnder(cells: readonly string[], lists: readonly (readonly string[])[]): string[][] {
  const height = Math.max(1, ...lists.map((list) => list.length));
  const blank = cells.map(() => '');
  return Array.from({ length: height }, (_, i) => [
    ...(i === 0 ? cells : blank),
    ...lists.map((list) => list[i] ?? ''),
  ]);
}
