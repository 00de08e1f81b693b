import { printable } from '../../model/printable.ts';
import type { Table } from './table.ts';

/** RFC 4180 with `\n` as the line break: a header, where it is wanted, then the rows, quoted where they must be. */
export function* renderCsv({ columns, rows }: Table, header: boolean): Generator<string> {
  if (header) yield csvLine(columns);
  for (const row of rows) yield csvLine(row);
}

/** One row. An only cell that is empty is quoted: readers of CSV pass over blank lines. */
export function csvLine(cells: readonly string[]): string {
  if (cells.length === 1 && cells[0] === '') return '""\n';
  return `${cells.map(csvCell).join(',')}\n`;
}

/** The text as a cell has it, but for quotes. A tab moves no cursor out of its line, and is data to whoever reads CSV. */
export function csvText(text: string): string {
  return text.split('\t').map(printable).join('\t');
}

function csvCell(text: string): string {
  const shown = csvText(text);
  return /[",]|^\s|\s$/.test(shown) ? `"${shown.replaceAll('"', '""')}"` : shown;
}
