import { dirname, resolve } from 'node:path';
import { ConfigError } from '../model/errors.ts';
import { readDotenv } from './dotenv-file.ts';
import { parseInfoFile, type InfoEntry } from './info-file.ts';
import { findInfoFile, type Places } from './locate.ts';
import { OPTIONS, OPTION_NAMES, type Config, type OptionName } from './options.ts';
import { describeOrigin, type Origin, type Setting, type VariableOrigin } from './origin.ts';
import { path } from './value-types.ts';

/** Every variable that means something to clic. */
export const VARIABLES: readonly string[] = [
  ...OPTION_NAMES.map((name) => OPTIONS[name].env),
  'CLIC_CONF',
  'CLIC_HOME',
  'CLIC_DEBUG',
];

export interface ConfigInput {
  /** What was given on the command line, by name of the flag, without dashes. */
  readonly flags: ReadonlyMap<string, string>;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly places: Places;
}

export interface LoadedConfig {
  readonly values: Config;
  readonly origins: Readonly<Record<OptionName, Origin>>;
  /** The configuration file that was read. */
  readonly file: string | null;
  /** Its lines that mean nothing to us. */
  readonly unknown: readonly InfoEntry[];
  /** Variables of the environment and of `.env` that begin with CLIC_ and set nothing of clic. */
  readonly unknownVariables: readonly VariableOrigin[];
}

/**
 * Gathers the values of all options: flags before the environment, before `.env` of the working directory, before the
 * configuration file, before the defaults. An empty variable counts as not set.
 * @throws ConfigError that names the source of the bad value
 */
export async function loadConfig({ flags, env, places }: ConfigInput): Promise<LoadedConfig> {
  const dotenv = await readDotenv(places.cwd);
  const variable = (name: string): Setting | undefined => {
    const text = env[name];
    if (text !== undefined && text !== '') return { text, origin: { kind: 'environment', name } };
    return dotenv.get(name);
  };
  const flag = (name: string): Setting | undefined => {
    const text = flags.get(name);
    return text === undefined ? undefined : { text, origin: { kind: 'flag', name: `--${name}` } };
  };

  const named = flag('config') ?? variable('CLIC_CONF');
  const found = findInfoFile(
    named === undefined ? null : { path: resolve(places.cwd, named.text), by: describeOrigin(named.origin) },
    variable('CLIC_HOME')?.text ?? null,
    places,
  );
  const entries = found === null ? [] : parseInfoFile(found.text, found.file);
  const inFile = (keys: readonly string[]): Setting | undefined => {
    const entry = entries.findLast(({ key }) => keys.includes(key));
    if (entry === undefined || found === null) return undefined;
    return {
      text: entry.value,
      origin: { kind: 'file', name: entry.key, file: found.file, line: entry.line },
    };
  };

  const settings = OPTION_NAMES.map((name): [OptionName, Setting | undefined] => {
    const spec = OPTIONS[name];
    return [name, flag(spec.flag) ?? variable(spec.env) ?? inFile(spec.keys)];
  });
  const known = new Set(OPTION_NAMES.flatMap((name): readonly string[] => OPTIONS[name].keys));
  return {
    // Each value has gone through the parser of its own name, which is what the two types say.
    values: Object.fromEntries(
      settings.map(([name, setting]) => [name, valueOf(name, setting, places.cwd)]),
    ) as Config,
    origins: Object.fromEntries(
      settings.map(([name, setting]) => [name, setting?.origin ?? { kind: 'default' }]),
    ) as Record<OptionName, Origin>,
    file: found?.file ?? null,
    unknown: entries.filter(({ key }) => !known.has(key)),
    unknownVariables: unknownVariables(env, dotenv),
  };
}

function unknownVariables(
  env: ConfigInput['env'],
  dotenv: ReadonlyMap<string, Setting<VariableOrigin>>,
): VariableOrigin[] {
  const inEnvironment = Object.keys(env)
    .filter((name) => name.startsWith('CLIC_') && env[name] !== '')
    .map((name): VariableOrigin => ({ kind: 'environment', name }));
  const inDotenv = [...dotenv.values()].map(({ origin }) => origin);
  return [...inEnvironment, ...inDotenv].filter(({ name }) => !VARIABLES.includes(name));
}

/** A relative path is meant from the folder of the file that holds it, or else from the working directory. */
function valueOf(name: OptionName, setting: Setting | undefined, cwd: string): Config[OptionName] {
  const { type, default: fallback } = OPTIONS[name];
  if (setting === undefined) return fallback;
  const value = setting.text === '' ? undefined : type.parse(setting.text);
  if (value !== undefined) {
    const { origin } = setting;
    if (type.name !== path.name || typeof value !== 'string') return value;
    return resolve(origin.kind === 'file' ? dirname(origin.file) : cwd, value);
  }
  const given = setting.text === '' ? 'nothing is given' : `${JSON.stringify(setting.text)} is not valid`;
  throw new ConfigError(`${describeOrigin(setting.origin)}: ${given}: expected ${type.expects}`, {
    hint: '`clic help config` lists the options and what they take',
  });
}
