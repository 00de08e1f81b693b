import os from 'node:os';
import path from 'node:path';
import { host, integer, type ValueType } from '../config/value-types.ts';
import { UsageError } from '../model/errors.ts';
import type { HelpEntry } from './help.ts';
import { LOG_FORMATS, LOG_LEVELS, type LogFormat } from './log.ts';
import { STORE_KINDS, type StoreKind } from './store/open.ts';

const DEFAULT_STORE: StoreKind = 'level';
const SEE_HELP = 'clic-master --help';

const filePath: ValueType<string> = {
  name: 'path',
  expects: 'a path',
  parse: (text) => (text === '' || text.includes('\0') ? undefined : text),
};

/** Names of environment variables, as shells allow them. */
const ENV_NAME = /^[A-Z_]\w*$/i;

/** The options of a master but for its limits, for yargs; `takes` is for the help. */
export function masterFlags(env: NodeJS.ProcessEnv) {
  return {
    host: valued('host', host, 'address to listen on', '127.0.0.1'),
    port: valued('port', integer(0, 65_535), 'port to listen on; 0 picks a free one', '7777'),
    'allow-remote': {
      type: 'boolean',
      takes: null,
      default: false,
      describe: 'let --host be an address that other machines reach',
    },
    'state-dir': valued(
      'state-dir',
      filePath,
      'folder of the state, working directories and logs',
      defaultStateDir(env),
    ),
    store: {
      requiresArg: true,
      takes: STORE_KINDS.join('|'),
      choices: STORE_KINDS,
      default: DEFAULT_STORE,
      coerce: last<StoreKind>,
      describe: 'where tasks are kept: on disk, or in memory until it ends',
    },
    executor: {
      requiresArg: true,
      takes: 'process',
      choices: ['process'] as const,
      default: 'process' as const,
      coerce: last<'process'>,
      describe: 'how stages are run',
    },
    'max-running': valued(
      'max-running',
      integer(1, 10_000),
      'stages that run at once',
      String(os.availableParallelism()),
    ),
    'max-retries': valued('max-retries', integer(0, 1_000), 'times that a failed stage is run again', '3'),
    'retry-delay': valued(
      'retry-delay',
      integer(0, 3_600_000),
      'milliseconds before the first retry; doubles with each',
      '1000',
    ),
    'retention-days': valued('retention-days', integer(1, 36_500), 'days that finished tasks are kept', '30'),
    'stop-grace': valued(
      'stop-grace',
      integer(0, 3_600_000),
      'milliseconds that a stage that is stopped may take',
      '5000',
    ),
    'pass-env': {
      type: 'string',
      takes: 'name',
      array: true,
      requiresArg: true,
      nargs: 1,
      default: [] as string[],
      describe: 'variable that stages get from this environment; may be repeated',
      coerce: envNames,
    },
    'tls-cert': file('tls-cert', 'PEM file of the certificate: listen with TLS'),
    'tls-key': file('tls-key', 'PEM file of its key'),
    'tls-ca': file('tls-ca', 'PEM file of the authority that clients must have a certificate of'),
    'log-level': {
      requiresArg: true,
      takes: LOG_LEVELS.join('|'),
      choices: LOG_LEVELS,
      default: 'info' as const,
      coerce: last<(typeof LOG_LEVELS)[number]>,
      describe: 'what is logged on stderr',
    },
    'log-format': {
      requiresArg: true,
      takes: LOG_FORMATS.join('|'),
      choices: LOG_FORMATS,
      default: 'text' as const,
      coerce: last<LogFormat>,
      describe: 'a line for people, or a JSON object on each line',
    },
  } as const;
}

/** What the help says of them. */
export function flagsHelp(env: NodeJS.ProcessEnv): HelpEntry[] {
  return Object.entries(masterFlags(env)).map(([name, flag]) => {
    const value = 'default' in flag ? flag.default : [];
    return {
      flag: `--${name}`,
      takes: flag.takes,
      describe: flag.describe,
      default: typeof value === 'object' ? null : String(value),
    };
  });
}

function file(flag: string, describe: string) {
  const type = 'string' as const;
  return { type, requiresArg: true, takes: filePath.name, describe, coerce: parsed(flag, filePath) };
}

function valued<T>(flag: string, type: ValueType<T>, describe: string, fallback: string) {
  const text = { type: 'string' as const, requiresArg: true, takes: type.name };
  return { ...text, describe, default: fallback, coerce: parsed(flag, type) };
}

/** Of a flag that is given more than once, the last counts. */
function last<T extends string>(given: T | T[]): T {
  if (!Array.isArray(given)) return given;
  const value = given.at(-1);
  if (value === undefined) throw new UsageError('a flag has no value', { hint: SEE_HELP });
  return value;
}

function parsed<T>(flag: string, type: ValueType<T>): (given: string | string[]) => T {
  return (given) => {
    const text = last(given);
    const value = type.parse(text);
    if (value === undefined) {
      throw new UsageError(`--${flag} ${JSON.stringify(text)}: expected ${type.expects}`, { hint: SEE_HELP });
    }
    return value;
  };
}

function envNames(names: string[]): string[] {
  for (const name of names) {
    if (!ENV_NAME.test(name))
      throw new UsageError(`--pass-env ${JSON.stringify(name)} is not the name of a variable`, {
        hint: SEE_HELP,
      });
  }
  return names;
}

/** XDG Base Directory Specification: state that should survive restarts. */
function defaultStateDir(env: NodeJS.ProcessEnv): string {
  const base = env['XDG_STATE_HOME'];
  return path.join(
    base !== undefined && path.isAbsolute(base) ? base : path.join(os.homedir(), '.local', 'state'),
    'clic-master',
  );
}
