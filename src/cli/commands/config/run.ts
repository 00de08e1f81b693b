import { FORMATS, OPTIONS, OPTION_NAMES } from '../../../config/options.ts';
import { describeOrigin } from '../../../config/origin.ts';
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
  const options = OPTION_NAMES.map((name) => ({
    name,
    value: config.values[name],
    source: describeOrigin(config.origins[name]),
  }));
  const unknown = config.unknown.map(({ key, value, line }) => ({
    name: key,
    value,
    source: `${config.file ?? ''}:${line} (unknown)`,
  }));
  const rows = [...options, ...unknown].map(({ name, value, source }) =>
    [name, shown(name, value), source].map(printable),
  );
  const table = { columns: ['option', 'value', 'source'], rows };
  return {
    document: () => ({ file: config.file, options, unknown }),
    records: () => options,
    table: () => table,
    csv: () => table,
    names: () => OPTION_NAMES,
    small: true,
  };
}

/** Durations with their unit, as they can be written. */
function shown(name: string, value: string | number | boolean | null): string {
  if (value === null) return '';
  const type = OPTION_NAMES.some((known) => known === name) ? typeOf(name) : '';
  return type === 'duration' ? `${String(value)}ms` : String(value);
}

function typeOf(name: string): string {
  return OPTION_NAMES.filter((known) => known === name).map((known) => OPTIONS[known].type.name)[0] ?? '';
}
