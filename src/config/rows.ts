import { type Origin, describeOrigin } from './origin.ts';
import { showValue, type ValueType } from './value-types.ts';

/** A value in force, or a key of the file that means nothing. */
export interface ConfigRow {
  readonly name: string;
  readonly value: unknown;
  /** The value for people: a duration with its unit, say. */
  readonly shown: string;
  readonly source: string;
}

/** What was read of a configuration, whoever it is for. */
interface ReadConfig<Name extends string> {
  readonly file: string | null;
  readonly values: Readonly<Record<Name, unknown>>;
  readonly origins: Readonly<Record<Name, Origin>>;
  readonly unknown: readonly { readonly key: string; readonly value: string; readonly line: number }[];
}

/** The values in force, and where each came from; then the unknown keys of the file. */
export function configRows<Name extends string>(
  table: Readonly<Record<Name, { readonly type: ValueType<unknown> }>>,
  names: readonly Name[],
  { file, values, origins, unknown }: ReadConfig<Name>,
): { readonly options: readonly ConfigRow[]; readonly unknown: readonly ConfigRow[] } {
  return {
    options: names.map((name) => ({
      name,
      value: values[name],
      shown: showValue(table[name].type, values[name]),
      source: describeOrigin(origins[name]),
    })),
    unknown: unknown.map(({ key, value, line }) => ({
      name: key,
      value,
      shown: value,
      source: `${file ?? ''}:${line} (unknown)`,
    })),
  };
}

/** A row as JSON has it. */
export function configFields({ name, value, source }: ConfigRow): Record<string, unknown> {
  return { name, value, source };
}
