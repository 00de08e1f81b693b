import { version } from '../../../package.json';
import { FORMATS } from '../../config/options.ts';
import type { CommandSpec } from '../command.ts';
import type { Arguments } from '../command-line/arguments.ts';
import type { Context } from '../context.ts';
import { print } from '../output/print.ts';

/** `clic version`. */
export const versionCommand: CommandSpec = {
  verb: 'version',
  legacy: '-version',
  aliases: ['--version', '-V'],
  describe: 'print the version',
  positionals: [],
  formats: FORMATS,
  json: { document: '{ schemaVersion, version }' },
  run,
};

/** Works with a broken configuration too: only `-o` itself is looked at. */
async function run(args: Arguments, context: Context): Promise<number> {
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
