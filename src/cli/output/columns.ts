import { printable } from '../../model/printable.ts';
import { displayWidth, elided, isPlain, padded } from './display-width.ts';

/** For whom and on what it is drawn. */
export interface TextStyle {
  /** Columns of the terminal, or null where nothing has to fit: in a pipe. */
  readonly width: number | null;
  readonly color: boolean;
  /** Milliseconds since 1970: ages and durations end here. */
  readonly now: number;
}

/** A column of a table for people. */
export interface Column {
  readonly title: string;
  /**
   * Where a line is too long, columns give up width in this order, 1 first, each down to `least`, and then, where that is not
   * enough, the widest first; none gives up any without an order.
   */
  readonly elide?: number;
  /** Columns that it keeps. */
  readonly least?: number;
  /** The color of a cell, as the number of the escape sequence; null for none. */
  readonly color?: (cell: string) => number | null;
}

const GAP = 2;
/** No column gets narrower, however narrow the terminal is. */
const NARROWEST = 8;

/**
 * Draws aligned columns without a frame, a line for each row, under their titles; nothing for no rows. Columns without a cell are left out. On a
 * terminal lines are fitted to its width by eliding cells in their middle; in a pipe nothing is ever cut. Linear in the rows.
 * Yields lines with their line break.
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
    .map((i, n) => ({ n, elide: columns[i]?.elide, least: columns[i]?.least ?? 0 }))
    .filter(({ elide }) => elide !== undefined)
    .toSorted((a, b) => (a.elide ?? 0) - (b.elide ?? 0));
  const giveUp = (n: number, least: number): void => {
    const have = widths[n] ?? 0;
    const keep = Math.min(have, Math.max(least, have - Math.max(0, over)));
    widths[n] = keep;
    over -= have - keep;
  };
  for (const { n, least } of order) giveUp(n, least);
  // Better hardly legible than wrapped: the widest give up first, so that each keeps what can be kept.
  while (over > 0) {
    const widest = order.reduce((most, { n }) => Math.max(most, widths[n] ?? 0), 0);
    if (widest <= NARROWEST) break;
    for (const { n } of order) if (widths[n] === widest) giveUp(n, Math.max(NARROWEST, widest - 1));
  }
  return widths;
}

/** Lines of `label  value`, the values below each other; those without a value are left out. Yields lines with their line break. */
export function* renderFields(fields: readonly (readonly [string, string])[]): Generator<string> {
  const given = fields.filter(([, value]) => value !== '');
  const width = Math.max(0, ...given.map(([label]) => label.length));
  for (const [label, value] of given) yield `${label.padEnd(width + GAP)}${value}\n`;
}
