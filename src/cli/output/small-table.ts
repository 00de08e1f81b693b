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

/** The same table, drawn by cli-table3: for the few rows that do not come from a master. */
export async function drawSmallTable({ columns, rows }: Table): Promise<string> {
  const { default: CliTable } = await import('cli-table3');
  const style = { head: [], border: [], compact: true };
  const table = new CliTable({ head: [...columns], chars: FRAME, style });
  table.push(...rows.map((row) => [...row]));
  return `${table.toString()}\n`;
}
