import { startRow, longListRow } from './client-rows.ts';
import { largeStateRow } from './large-state-row.ts';
import { submitRow, completeRow } from './master-rows.ts';
import type { Row } from './measure.ts';

const ROWS: Readonly<Record<string, Row>> = {
  start: startRow,
  list: longListRow,
  submit: submitRow,
  complete: completeRow,
  large: largeStateRow,
};

/** Runs the rows that are named, or all of them, one after the other. */
async function bench([root = '.', ...names]: readonly string[]): Promise<void> {
  const unknown = names.filter((name) => !(name in ROWS));
  if (unknown.length > 0) {
    process.stderr.write(`no row is named ${unknown.join(', ')}: ${Object.keys(ROWS).join(', ')}\n`);
    process.exitCode = 2;
    return;
  }
  for (const [name, row] of Object.entries(ROWS)) {
    if (names.length > 0 && !names.includes(name)) continue;
    process.stdout.write(`${name}\n`);
    for await (const { what, measured, goal = '' } of row(root)) {
      process.stdout.write(`  ${what.padEnd(62)} ${measured.padStart(11)}  ${goal}`.trimEnd() + '\n');
    }
  }
}

void bench(process.argv.slice(2));
