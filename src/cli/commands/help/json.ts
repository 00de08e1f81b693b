import type { CommandSpec } from '../../command.ts';

const GENERAL = `-o json prints one document, -o jsonl a line for each record, -o yaml the document as YAML.
Each document and each line has schemaVersion: 1. It goes up when a field changes its meaning; new fields may come at any time.
Times are ISO 8601 with the offset of this machine's zone (2026-11-23T06:24:07.123+08:00); of a master that sends no instants they
are its local time, without an offset (2026-11-23T06:24:07). They are null where there is none. Runtimes are whole seconds, or null.`;

const ERRORS = `A command that fails prints one line on stderr, its last: { error: { code, message, hint } }, hint being null where there is none.
The codes are those of \`clic help exit-codes\`.`;

/** What JSON, JSON lines and YAML have in them. A test holds it together with what is printed. */
export function jsonHelp(commands: readonly CommandSpec[]): string {
  const documents = commands.flatMap(({ verb, json }) =>
    json === undefined ? [] : [entry(`clic ${verb}`, json.document, 15)],
  );
  const records = new Map(commands.flatMap(({ json }) => Object.entries(json?.records ?? {})));
  const fields = [...records].map(([name, text]) => entry(name, text, 12));
  return `${[GENERAL, documents.join('\n'), fields.join('\n'), ERRORS].join('\n\n')}\n`;
}

/** A name, and beside it the lines about it. */
function entry(name: string, text: string, width: number): string {
  return name.padEnd(width) + text.replaceAll('\n', `\n${' '.repeat(width)}`);
}
