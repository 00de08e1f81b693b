import { version } from '../../../package.json';
import { FORMATS } from '../../config/options.ts';
import type { Arguments } from '../arguments.ts';
import type { Context } from '../context.ts';
import { print } from '../output/print.ts';

/** `clic version`. Works with a broken configuration too: only `-o` itself is looked at. */
export async function run(args: Arguments, context: Context): Promise<number> {
  const { stdout } = context.io;
  const format = FORMATS.find((known) => known === args.text('output')) ?? 'table';
  if (format === 'table') await stdout.write(`${version}\n`);
  else await print(versionListing(), format, stdout);
  return 0;
}

function versionListing() {
  const table = { columns: ['version'], rows: [[version]] };
  return {
    document: () => ({ version }),
    records: () => [{ version }],
    table: () => table,
    csv: () => table,
    names: () => [version],
  };
}
