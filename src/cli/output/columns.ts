import { printable } from '../../model/printable.ts';
import { displayWidth, elided, isPlain, padded } from './display-width.ts';

/** For whom and on what it is drawn. */
export interface TextStyle {
  /** Columns of the terminal, or null where nothing has to fit: in a pipe, and where all is asked for. */
  readonly width: number | null;
  readonly color: boolean;
  /** Milliseconds since 1970: ages and durations end here. */
  readonly now: number;
}

/** A column of a table for people. */
export interface Column {
  readonly title: string;
  /**
   * Where a line is too long, columns give up width in this order, 1 first, each all it can before the next one; none gives up
   * any without an order. What people copy comes last.
   */
  readonly elide?: number;
  /** The color of a cell, as the number of the escape sequence; null for none. */
  readonly color?: (cell: string) => number | null;
}

const GAP = 2;
/** No column gets narrower, however narrow the terminal is. */
const NARROWEST = 8;

/**
 * Draws aligned columns without a frame, a line for each row, under their titles; nothing for no rows. Columns without a
 * cell are left out. Lines are fitted to the width of a terminal by eliding cells in their middle. Linear in the rows. Yields
 * lines with their line break.
 */
export function* renderColumns(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  style: TextStyle,
): Generator<string> {
  if (rows.length === 0) return;
  const shown = rows.map((row) => row.map((cell) => (isPlain(cell) ? cell : printable(cell))));
  const used = columns.map((_, i) => i).filter((i) => shown.some((row) => (row[i] ?? '') !== ''));
  const natural = used.map((i) =>
    shown.reduce((most, row) => Math.max(most, displayWidth(row[i] ?? '')), columns[i]?.title.length ?? 0),
  );
  const widths = style.width === null ? natural : fitted(used, columns, natural, style.width);
  const line = (cellOf: (i: number) => string, isColored: boolean): string => {
    let text = '';
    used.forEach((i, n) => {
      const width = widths[n] ?? 0;
      const cell = elided(cellOf(i), width);
      const color = isColored ? (columns[i]?.color?.(cellOf(i)) ?? null) : null;
      const filled = n === used.length - 1 ? cell : padded(cell, width + GAP);
      text += color === null ? filled : `\x1b[${color}m${cell}\x1b[0m${filled.slice(cell.length)}`;
    });
    return `${text.trimEnd()}\n`;
  };
  yield line((i) => columns[i]?.title ?? '', false);
  for (const row of shown) yield line((i) => row[i] ?? '', style.color);
}

/** The widths with which a line fits, as far as columns can give up width. */
function fitted(
  used: readonly number[],
  columns: readonly Column[],
  natural: readonly number[],
  width: number,
): number[] {
  const widths = [...natural];
  let over = widths.reduce((sum, one) => sum + one + GAP, -GAP) - width;
  const order = used
    .map((i, n) => ({ n, elide: columns[i]?.elide ?? Infinity }))
    .filter(({ elide }) => elide < Infinity)
    .toSorted((a, b) => a.elide - b.elide);
  for (const { n } of order) {
    const have = widths[n] ?? 0;
    const keep = Math.min(have, Math.max(NARROWEST, have - Math.max(0, over)));
    widths[n] = keep;
    over -= have - keep;
  }
  return widths;
}

/** Lines of `label  value`, the values below each other; those without a value are left out. Yields lines with their line break. */
export function* renderFields(fields: readonly (readonly [string, string])[]): Generator<string> {
  const given = fields.filter(([, value]) => value !== '');
  const width = Math.max(0, ...given.map(([label]) => label.length));
  for (const [label, value] of given) yield `${label.padEnd(width + GAP)}${value}\n`;
}
