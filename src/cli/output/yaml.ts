import { stringify } from 'yaml';
import { escapeQuoted } from '../../model/printable.ts';

/** One YAML document that means the same to every reader: strings are quoted, so none is taken for a time or a boolean. */
export function renderYaml(document: Readonly<Record<string, unknown>>): string {
  return escapeQuoted(
    stringify(document, {
      defaultStringType: 'QUOTE_DOUBLE',
      defaultKeyType: 'PLAIN',
      doubleQuotedMinMultiLineLength: Infinity,
      lineWidth: 0,
    }),
  );
}
