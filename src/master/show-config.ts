import type { MasterConfig } from '../config/load-master.ts';
import { namesOf } from '../config/option.ts';
import type { MasterOptionTable } from '../config/master-options.ts';
import { configFields, configRows } from '../config/rows.ts';
import { printable, safeJson } from '../model/printable.ts';

/** The values in force, and where each came from: what `clic-master config` prints. JSON has the shape of `clic config -o json`. */
export function showConfig(table: MasterOptionTable, config: MasterConfig, isJson: boolean): string {
  const { options, unknown } = configRows(table, namesOf(table), config);
  if (isJson) {
    const document = {
      schemaVersion: 1,
      file: config.file,
      options: options.map(configFields),
      unknown: unknown.map(configFields),
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
