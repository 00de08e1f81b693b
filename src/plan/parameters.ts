import type { MappingKind } from './keys.ts';
import { quote } from './findings.ts';
import type { PlanReader } from './plan-reader.ts';
import type { Text, Value } from './reader.ts';

/** One entry of a `parameters` list. */
export interface Parameter {
  readonly name: Text | null;
  /** The value, or else the default. */
  readonly value: Text | null;
  readonly offset: number;
}

/** A parameter that must have a name. */
export interface NamedParameter {
  readonly name: string;
  readonly value: Text | null;
}

/** The `parameters` of an `arguments` or `inputs` mapping; `what` names its owner in messages. */
export function readParameters(
  reader: PlanReader,
  value: Value,
  kind: Extract<MappingKind, 'arguments' | 'inputs'>,
  what: string,
): Parameter[] {
  const mapping = reader.known(value, kind, `the ${kind} of ${what}`);
  if (mapping === null) return [];
  const listName = `the parameters of ${what}`;
  const parameters: Parameter[] = [];
  for (const item of reader.list(reader.get(mapping, 'parameters'), listName)) {
    const entry = reader.known(item, 'argument', `a parameter of ${what}`);
    if (entry === null) continue;
    const text = (key: string): Text | null =>
      reader.text(reader.get(entry, key), `the ${key} of a parameter of ${what}`);
    parameters.push({ name: text('name'), value: text('value') ?? text('default'), offset: entry.offset });
  }
  reportDuplicates(reader, parameters, what);
  return parameters;
}

/** Likewise, where each must have a name; one without is reported, and left out. */
export function readNamedParameters(
  ...[reader, value, kind, what]: Parameters<typeof readParameters>
): NamedParameter[] {
  return readParameters(reader, value, kind, what).flatMap(({ name, value: text, offset }) => {
    if (name !== null) return [{ name: name.text, value: text }];
    reader.findings.error(offset, 'missing-name', `a parameter of ${what} has no "name"`);
    return [];
  });
}

function reportDuplicates(reader: PlanReader, parameters: readonly Parameter[], what: string): void {
  const seen = new Set<string>();
  for (const { name } of parameters) {
    if (name === null) continue;
    if (seen.has(name.text)) {
      const message = `${what} has two parameters named ${quote(name.text)}`;
      reader.findings.error(name.offset, 'duplicate-name', message);
    }
    seen.add(name.text);
  }
}
