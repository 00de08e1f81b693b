import { displayWidth } from './display-width.ts';
import type { Table } from './table.ts';

const FRAME = {
  top: '-',
  'top-mid': '+',
  'top-left': '+',
  'top-right': '+',
  bottom: '-',
  'bottom-mid': '+',
  'bottom-left': '+',
  'bottom-right': '+',
  left: '|',
  'left-mid': '+',
  mid: '-',
  'mid-mid': '+',
  right: '|',
  'right-mid': '+',
  middle: '|',
};

/**
 * The same table, drawn by cli-table3: for the few rows that do not come from a master.
 * @param width where it is given, cells are wrapped between words, the widest columns first, so that no line is longer
 */
export async function drawSmallTable({ columns, rows }: Table, width?: number): Promise<string> {
  const { default: CliTable } = await import('cli-table3');
  const style = { head: [], border: [], compact: true };
  const fitted =
    width === undefined ? {} : { colWidths: fittedWidths([columns, ...rows], width), wordWrap: true };
  const table = new CliTable({ head: [...columns], chars: FRAME, style, ...fitted });
  table.push(...Array.from(rows, (row) => [...row]));
  return `${table.toString()}\n`;
}

/** What a column takes beside its cells: a space on both sides. */
const PADDING = 2;
/** No column gets narrower: the longest words of our tables fit. */
const NARROWEST = 20;

/** The widths of the columns with their padding, as wide as their cells, or as much less as the table is too wide. */
function fittedWidths(rows: readonly (readonly string[])[], width: number): number[] {
  const widths = (rows[0] ?? []).map(
    (_, i) => PADDING + Math.max(...rows.map((row) => displayWidth(row[i] ?? ''))),
  );
  for (;;) {
    const total = widths.reduce((sum, one) => sum + one + 1, 1);
    const widest = Math.max(...widths);
    if (total <= width || widest <= NARROWEST + PADDING) return widths;
    widths[widths.indexOf(widest)] = widest - 1;
  }
}
