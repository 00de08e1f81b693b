import { FORMATS, OPTIONS, OPTION_NAMES } from '../../../config/options.ts';
import { describeOrigin } from '../../../config/origin.ts';
import { showValue } from '../../../config/value-types.ts';
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
    shown: showValue<unknown>(OPTIONS[name].type, config.values[name]),
    source: describeOrigin(config.origins[name]),
  }));
  const unknown = config.unknown.map(({ key, value, line }) => ({
    name: key,
    value,
    shown: value,
    source: `${config.file ?? ''}:${line} (unknown)`,
  }));
  const rows = [...options, ...unknown].map(({ name, shown, source }) =>
    [name, shown, source].map(printable),
  );
  const table = { columns: ['option', 'value', 'source'], rows };
  return {
    document: () => ({ file: config.file, options: options.map(fields), unknown: unknown.map(fields) }),
    records: () => options.map(fields),
    table: () => table,
    csv: () => table,
    names: () => OPTION_NAMES,
    small: true,
  };
}

/** As documented. */
function fields({
  name,
  value,
  source,
}: {
  readonly name: string;
  readonly value: unknown;
  readonly source: string;
}): Record<string, unknown> {
  return { name, value, source };
}
