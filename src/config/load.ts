import { resolve } from 'node:path';
import { readDotenv, type Dotenv } from './dotenv-file.ts';
import { parseInfoFile } from './info-file.ts';
import { findConfigFile, standardFiles, type Places } from './locate.ts';
import { OPTIONS, OPTION_NAMES } from './options.ts';
import { describeOrigin, type Setting, type VariableOrigin } from './origin.ts';
import { readOptions, type Options } from './read-options.ts';
import { boolean } from './value-types.ts';

/** Every variable that means something to clic. */
export const VARIABLES: readonly string[] = [
  ...OPTION_NAMES.map((name) => OPTIONS[name].env),
  'CLIC_CONF',
  'CLIC_HOME',
  'CLIC_DEBUG',
  'CLIC_NO_DOTENV',
];

export interface ConfigInput {
  /** What was given on the command line, by name of the flag, without dashes. */
  readonly flags: ReadonlyMap<string, string>;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly places: Places;
}

export interface LoadedConfig extends Options<typeof OPTIONS> {
  /** Variables of the environment and of `.env` that begin with CLIC_ and set nothing of clic. */
  readonly unknownVariables: readonly VariableOrigin[];
  /** What `.env` says about which master is asked, and by what keys. */
  readonly redirection: {
    readonly folder: string;
    /** In force. */
    readonly taken: readonly { readonly name: string; readonly text: string }[];
    /** Passed over, as other users can change that file. */
    readonly refused: readonly string[];
  };
}

/** Names the configuration file, which can say all that a trusted option says. */
const isTrusted = true;

/**
 * Gathers the values of all options of clic: flags before the environment, before `.env` of the working directory, before the
 * configuration file, before the defaults. An empty variable counts as not set.
 * @throws ConfigError that names the source of the bad value
 */
export async function loadConfig({ flags, env, places }: ConfigInput): Promise<LoadedConfig> {
  const noDotenv = env['CLIC_NO_DOTENV'] ?? '';
  const refuses = noDotenv !== '' && boolean.parse(noDotenv) !== false;
  const dotenv: Dotenv = refuses ? { settings: new Map(), isShared: false } : await readDotenv(places.cwd);
  const taken = new Map<string, string>();
  const refused = new Set<string>();
  const variable = ({ env: name, isTrusted }: { env: string; isTrusted?: true }): Setting | undefined => {
    const text = env[name];
    if (text !== undefined && text !== '') return { text, origin: { kind: 'environment', name } };
    const setting = dotenv.settings.get(name);
    if (setting === undefined || isTrusted !== true) return setting;
    if (dotenv.isShared) {
      refused.add(name);
      return undefined;
    }
    taken.set(name, setting.text);
    return setting;
  };

  const flag = flags.get('config');
  const named =
    flag === undefined
      ? variable({ env: 'CLIC_CONF', isTrusted })
      : ({ text: flag, origin: { kind: 'flag', name: '--config' } } satisfies Setting);
  const clicHome = named === undefined ? variable({ env: 'CLIC_HOME', isTrusted }) : undefined;
  const found = findConfigFile(
    named === undefined ? null : { path: resolve(places.cwd, named.text), by: describeOrigin(named.origin) },
    standardFiles(clicHome?.text ?? null, places),
    'clic help config',
  );
  const options = readOptions(OPTIONS, {
    flags,
    variable,
    file: found === null ? null : { file: found.file, entries: parseInfoFile(found.text, found.file) },
    cwd: places.cwd,
    hint: '`clic help config` lists the options and what they take',
  });
  return {
    ...options,
    unknownVariables: unknownVariables(env, dotenv.settings),
    redirection: {
      folder: places.cwd,
      taken: [...taken].map(([name, text]) => ({ name, text })),
      refused: [...refused],
    },
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
