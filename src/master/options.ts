import os from 'node:os';
import path from 'node:path';
import type { Argv } from 'yargs';
import yargs from 'yargs';
import { host, integer, type ValueType } from '../config/value-types.ts';
import { ConfigError, UsageError } from '../model/errors.ts';
import { version } from '../../package.json';
import { addLimits, readLimits, type MasterLimits } from './limits.ts';
import { STORE_KINDS, type StoreKind } from './store/open.ts';

/** How a master is to run, as its command line says. */
export interface MasterOptions {
  readonly host: string;
  readonly port: number;
  readonly stateDir: string;
  readonly store: StoreKind;
  readonly executor: 'process';
  readonly maxRunning: number;
  readonly maxRetries: number;
  readonly retryDelayMs: number;
  readonly retentionMs: number;
  readonly stopGraceMs: number;
  readonly passEnv: readonly string[];
  /** Paths of PEM files. */
  readonly tlsCert: string | undefined;
  readonly tlsKey: string | undefined;
  readonly tlsCa: string | undefined;
  readonly logLevel: 'debug' | 'info' | 'warn';
  readonly limits: MasterLimits;
}

const DEFAULT_STORE: StoreKind = 'level';
const DAY_MS = 24 * 60 * 60 * 1000;

const filePath: ValueType<string> = {
  name: 'path',
  expects: 'a path',
  parse: (text) => (text === '' || text.includes('\0') ? undefined : text),
};

/** Names of environment variables, as shells allow them. */
const ENV_NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

/**
 * The options, or the text to print instead of starting (help, version).
 * @throws UsageError, ConfigError
 */
export async function parseMasterOptions(
  argv: readonly string[],
  env: NodeJS.ProcessEnv,
): Promise<MasterOptions | { readonly print: string }> {
  const parser = describeOptions(yargs([...argv]), env);
  addLimits(parser);
  let print = '';
  const args = await parser.parseAsync([...argv], {}, (error: unknown, _args: unknown, output: string) => {
    if (error === undefined || error === null) print = output;
  });
  if (print !== '') return { print: `${print}\n` };
  if (!isLoopback(args.host) && !args.allowRemote) {
    throw new ConfigError(
      `--host ${args.host} is not a loopback address: whoever reaches it can run programs here`,
      {
        hint: 'add --allow-remote if that is wanted, in a network that you trust, or with --tls-cert, --tls-key and --tls-ca',
      },
    );
  }
  if ((args.tlsCert === undefined) !== (args.tlsKey === undefined)) {
    throw new UsageError('--tls-cert and --tls-key go together');
  }
  if (args.tlsCa !== undefined && args.tlsCert === undefined) {
    throw new UsageError('--tls-ca, which asks clients for certificates, needs --tls-cert and --tls-key');
  }
  return {
    host: args.host,
    port: args.port,
    stateDir: path.resolve(args.stateDir),
    store: args.store,
    executor: args.executor,
    maxRunning: args.maxRunning,
    maxRetries: args.maxRetries,
    retryDelayMs: args.retryDelay,
    retentionMs: args.retentionDays * DAY_MS,
    stopGraceMs: args.stopGrace,
    passEnv: args.passEnv,
    tlsCert: args.tlsCert,
    tlsKey: args.tlsKey,
    tlsCa: args.tlsCa,
    logLevel: args.logLevel,
    limits: readLimits(args, env),
  };
}

/** True for an address that only this machine can reach. */
export function isLoopback(address: string): boolean {
  return address === 'localhost' || address === '::1' || /^127(\.\d{1,3}){3}$/.test(address);
}

function describeOptions(parser: Argv, env: NodeJS.ProcessEnv) {
  const text = { type: 'string', requiresArg: true } as const;
  const file = (flag: string, describe: string) => ({ ...text, describe, coerce: parsed(flag, filePath) });
  return parser
    .scriptName('clic-master')
    .usage('$0 [options]\n\nRuns a clic-master: takes plans from clic and runs their stages on this machine.')
    .locale('en')
    .parserConfiguration({ 'parse-numbers': false })
    .options({
      host: {
        ...text,
        default: '127.0.0.1',
        describe: 'address to listen on',
        coerce: parsed('--host', host),
      },
      port: {
        ...text,
        default: '7777',
        describe: 'port to listen on; 0 picks a free one',
        coerce: parsed('--port', integer(0, 65_535)),
      },
      'allow-remote': {
        type: 'boolean',
        default: false,
        describe: 'let --host be an address that other machines reach',
      },
      'state-dir': {
        ...file('--state-dir', 'folder of the state, working directories and logs'),
        default: defaultStateDir(env),
      },
      store: {
        requiresArg: true,
        choices: STORE_KINDS,
        default: DEFAULT_STORE,
        coerce: last<StoreKind>,
        describe: 'where tasks are kept: on disk, or in memory until it ends',
      },
      executor: {
        requiresArg: true,
        choices: ['process'] as const,
        default: 'process' as const,
        coerce: last<'process'>,
        describe: 'how stages are run',
      },
      'max-running': {
        ...text,
        default: String(os.availableParallelism()),
        describe: 'stages that run at once',
        coerce: parsed('--max-running', integer(1, 10_000)),
      },
      'max-retries': {
        ...text,
        default: '3',
        describe: 'times that a failed stage is run again',
        coerce: parsed('--max-retries', integer(0, 1_000)),
      },
      'retry-delay': {
        ...text,
        default: '1000',
        describe: 'milliseconds before the first retry; doubles with each',
        coerce: parsed('--retry-delay', integer(0, 3_600_000)),
      },
      'retention-days': {
        ...text,
        default: '30',
        describe: 'days that finished tasks are kept',
        coerce: parsed('--retention-days', integer(1, 36_500)),
      },
      'stop-grace': {
        ...text,
        default: '5000',
        describe: 'milliseconds that a stage that is stopped may take',
        coerce: parsed('--stop-grace', integer(0, 3_600_000)),
      },
      'pass-env': {
        type: 'string',
        array: true,
        requiresArg: true,
        nargs: 1,
        default: [] as string[],
        describe: 'name of a variable that stages get from this environment; may be repeated',
        coerce: envNames,
      },
      'tls-cert': file('--tls-cert', 'PEM file of the certificate: listen with TLS'),
      'tls-key': file('--tls-key', 'PEM file of its key'),
      'tls-ca': file('--tls-ca', 'PEM file of the authority that clients must have a certificate of'),
      'log-level': {
        requiresArg: true,
        choices: ['debug', 'info', 'warn'] as const,
        default: 'info' as const,
        coerce: last<MasterOptions['logLevel']>,
        describe: 'what is logged on stderr',
      },
    })
    .version(version)
    .help()
    .alias({ help: 'h', version: 'V' })
    .strict()
    .demandCommand(0, 0)
    .wrap(100)
    .exitProcess(false)
    .showHelpOnFail(false)
    .fail((message: string | null, error: unknown) => {
      if (error instanceof UsageError) throw error;
      throw new UsageError(message ?? 'the command line can not be read', {
        hint: 'clic-master --help',
        cause: error,
      });
    });
}

/** Of a flag that is given more than once, the last counts. */
function last<T extends string>(given: T | T[]): T {
  if (!Array.isArray(given)) return given;
  const value = given.at(-1);
  if (value === undefined) throw new UsageError('a flag has no value', { hint: 'clic-master --help' });
  return value;
}

function parsed<T>(flag: string, type: ValueType<T>): (given: string | string[]) => T {
  return (given) => {
    const text = last(given);
    const value = type.parse(text);
    if (value === undefined) {
      throw new UsageError(`${flag} ${JSON.stringify(text)}: expected ${type.expects}`, {
        hint: 'clic-master --help',
      });
    }
    return value;
  };
}

function envNames(names: string[]): string[] {
  for (const name of names) {
    if (!ENV_NAME.test(name))
      throw new UsageError(`--pass-env ${JSON.stringify(name)} is not the name of a variable`);
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
