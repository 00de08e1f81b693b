import { printable } from './printable.ts';
import type { Table } from './table.ts';

/** RFC 4180 with `\n` as the line break: a header, where it is wanted, then the rows, quoted where they must be. */
export function* renderCsv({ columns, rows }: Table, header: boolean): Generator<string> {
  if (header) yield csvLine(columns);
  for (const row of rows) yield csvLine(row);
}

export function csvLine(cells: readonly string[]): string {
  return `${cells.map(csvCell).join(',')}\n`;
}

function csvCell(text: string): string {
  // A tab moves no cursor out of its line, and is data to whoever reads CSV.
  const shown = text.split('\t').map(printable).join('\t');
  return /[",]|^\s|\s$/.test(shown) ? `"${shown.replaceAll('"', '""')}"` : shown;
}
