import type { MasterConfig } from '../config/load-master.ts';
import { namesOf } from '../config/option.ts';
import type { MasterOptionTable } from '../config/master-options.ts';
import { describeOrigin } from '../config/origin.ts';
import { showValue } from '../config/value-types.ts';
import { printable, safeJson } from '../model/printable.ts';

/** The values in force, and where each came from: what `clic-master config` prints. JSON has the shape of `clic config -o json`. */
export function showConfig(table: MasterOptionTable, config: MasterConfig, isJson: boolean): string {
  const options = namesOf(table).map((name) => ({
    name,
    value: config.values[name],
    shown: showValue<unknown>(table[name].type, config.values[name]),
    source: describeOrigin(config.origins[name]),
  }));
  const unknown = config.unknown.map(({ key, value, line }) => ({
    name: key,
    value,
    shown: value,
    source: `${config.file ?? ''}:${line} (unknown)`,
  }));
  if (isJson) {
    const fields = ({ name, value, source }: (typeof options)[number] | (typeof unknown)[number]) => ({
      name,
      value,
      source,
    });
    const document = {
      schemaVersion: 1,
      file: config.file,
      options: options.map(fields),
      unknown: unknown.map(fields),
    };
    return `${safeJson(document, 2)}\n`;
  }
  const rows = [
    ['option', 'value', 'source'],
    ...[...options, ...unknown].map(({ name, shown, source }) => [name, shown, source].map(printable)),
  ];
  const widths = [0, 1].map((i) => Math.max(...rows.map((row) => (row[i] ?? '').length)));
  return rows
    .map(
      (row) =>
        `${row
          .map((cell, i) => cell.padEnd(widths[i] ?? 0))
          .join('  ')
          .trimEnd()}\n`,
    )
    .join('');
}
