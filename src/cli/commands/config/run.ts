import { FORMATS, OPTIONS, OPTION_NAMES } from '../../../config/options.ts';
import { configFields, configRows } from '../../../config/rows.ts';
import type { LoadedConfig } from '../../../config/load.ts';
import type { Arguments } from '../../command-line/arguments.ts';
import type { Context } from '../../context.ts';
import type { Listing } from '../../output/listing.ts';
import { print } from '../../output/print.ts';
import { printable } from '../../../model/printable.ts';

/** `clic config`. */
export async function run(_args: Arguments, context: Context): Promise<number> {
  const config = await context.config();
  const format = await context.format(FORMATS);
  await print(configListing(config), format, context.io.stdout);
  await context.note(
    config.file === null ? 'no configuration file was found' : `the configuration file is ${config.file}`,
  );
  for (const { key, line } of config.unknown) {
    await context.note(`${config.file ?? ''}:${line}: ${key} is not known, and ignored`);
  }
  return 0;
}

function configListing(config: LoadedConfig): Listing {
  const { options, unknown } = configRows(OPTIONS, OPTION_NAMES, config);
  const rows = [...options, ...unknown].map(({ name, shown, source }) =>
    [name, shown, source].map(printable),
  );
  const table = { columns: ['option', 'value', 'source'], rows };
  return {
    document: () => ({
      file: config.file,
      options: options.map(configFields),
      unknown: unknown.map(configFields),
    }),
    records: () => options.map(configFields),
    table: () => table,
    csv: () => table,
    names: () => OPTION_NAMES,
    small: true,
  };
}
