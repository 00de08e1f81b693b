import { dirname, resolve } from 'node:path';
import { ConfigError } from '../model/errors.ts';
import type { InfoEntry } from './info-file.ts';
import { namesOf, type OptionSpec, type OptionTable, type ValuesOf } from './option.ts';
import { describeOrigin, type Origin, type Setting } from './origin.ts';
import { path } from './value-types.ts';

/** Where the texts of values come from, highest first. */
export interface Sources {
  /** What was given on the command line, by name of the flag, without dashes. */
  readonly flags: ReadonlyMap<string, string>;
  readonly variable: (spec: Pick<OptionSpec<unknown>, 'env' | 'isTrusted'>) => Setting | undefined;
  /** The lines of the configuration file. */
  readonly file: { readonly file: string; readonly entries: readonly InfoEntry[] } | null;
  /** What relative paths are relative to that were not given in the file. */
  readonly cwd: string;
  /** What to do when a value is not valid. */
  readonly hint: string;
}

/** The values of a table, and where each came from. */
export interface Options<T extends OptionTable> {
  readonly values: ValuesOf<T>;
  readonly origins: Readonly<Record<keyof T, Origin>>;
  /** The configuration file that was read. */
  readonly file: string | null;
  /** Its lines that mean nothing to us. */
  readonly unknown: readonly InfoEntry[];
}

/**
 * Reads the values of all options of a table: flags before variables, before the configuration file, before the defaults.
 * @throws ConfigError that names the source of the bad value
 */
export function readOptions<T extends OptionTable>(table: T, sources: Sources): Options<T> {
  const names = namesOf(table);
  const values: Partial<Record<keyof T, unknown>> = {};
  const origins: Partial<Record<keyof T, Origin>> = {};
  for (const name of names) {
    const spec: OptionSpec<unknown> | undefined = table[name];
    if (spec === undefined) continue;
    const setting = settingOf(spec, sources);
    values[name] = setting === undefined ? spec.default : valueOf(spec, setting, sources);
    origins[name] = setting?.origin ?? { kind: 'default' };
  }
  const known = new Set(Object.values(table).flatMap(({ keys }): readonly string[] => keys));
  return {
    // Each value has gone through the parser of its own name, which is what the types say.
    values: values as ValuesOf<T>,
    origins: origins as Record<keyof T, Origin>,
    file: sources.file?.file ?? null,
    unknown: sources.file?.entries.filter(({ key }) => !known.has(key)) ?? [],
  };
}

function settingOf(spec: OptionSpec<unknown>, { flags, variable, file }: Sources): Setting | undefined {
  const flag = flags.get(spec.flag);
  if (flag !== undefined) return { text: flag, origin: { kind: 'flag', name: `--${spec.flag}` } };
  const set = variable(spec);
  if (set !== undefined) return set;
  const entry = file?.entries.findLast(({ key }) => spec.keys.includes(key));
  if (entry === undefined || file === null) return undefined;
  return { text: entry.value, origin: { kind: 'file', name: entry.key, file: file.file, line: entry.line } };
}

/** A relative path is meant from the folder of the file that holds it, or else from the working directory. */
function valueOf(
  { type }: OptionSpec<unknown>,
  { text, origin }: Setting,
  { cwd, hint }: Pick<Sources, 'cwd' | 'hint'>,
): unknown {
  const value = text === '' ? undefined : type.parse(text);
  if (value !== undefined) {
    if (type.name !== path.name || typeof value !== 'string') return value;
    return resolve(origin.kind === 'file' ? dirname(origin.file) : cwd, value);
  }
  const shown = type.isSecret === true ? 'what is given' : JSON.stringify(text);
  const given = text === '' ? 'nothing is given' : `${shown} is not valid`;
  throw new ConfigError(`${describeOrigin(origin)}: ${given}: expected ${type.expects}`, { hint });
}
