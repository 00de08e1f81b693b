import type { Row } from './measure.ts';

/** Runs the rows that are named, or all of them, one after the other. */
export async function runRows(
  rows: Readonly<Record<string, Row>>,
  [root = '.', ...names]: readonly string[],
): Promise<void> {
  const unknown = names.filter((name) => !(name in rows));
  if (unknown.length > 0) {
    process.stderr.write(`no row is named ${unknown.join(', ')}: ${Object.keys(rows).join(', ')}\n`);
    process.exitCode = 2;
    return;
  }
  for (const [name, row] of Object.entries(rows)) {
    if (names.length > 0 && !names.includes(name)) continue;
    process.stdout.write(`${name}\n`);
    for await (const { what, measured, goal = '' } of row(root)) {
      process.stdout.write(`  ${what.padEnd(62)} ${measured.padStart(11)}  ${goal}`.trimEnd() + '\n');
    }
  }
}
