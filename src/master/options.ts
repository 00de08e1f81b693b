import path from 'node:path';
import type { Argv } from 'yargs';
import yargs from 'yargs';
import { ConfigError, UsageError } from '../model/errors.ts';
import { version } from '../../package.json';
import { flagsHelp, masterFlags } from './flags.ts';
import { optionsHelp, paragraphs, type HelpEntry } from './help.ts';
import { addLimits, limitsHelp, limitVariable, readLimits, type MasterLimits } from './limits.ts';
import type { LogFormat, LogLevel } from './log.ts';
import type { StoreKind } from './store/open.ts';

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
  readonly logLevel: LogLevel;
  readonly logFormat: LogFormat;
  readonly limits: MasterLimits;
}

const DAY_MS = 24 * 60 * 60 * 1000;

/**
 * The options, or the text to print instead of starting (help, version).
 * @param columns the width of the terminal, or null
 * @throws UsageError, ConfigError
 */
export async function parseMasterOptions(
  argv: readonly string[],
  env: NodeJS.ProcessEnv,
  columns: number | null = null,
): Promise<MasterOptions | { readonly print: string }> {
  const parser = describeOptions(yargs([...argv]), env);
  addLimits(parser);
  let print = '';
  const args = await parser.parseAsync([...argv], {}, (error: unknown, given: object, output: string) => {
    if ((error !== undefined && error !== null) || output === '') return;
    print = 'help' in given && given.help === true ? helpText(env, columns) : `${output}\n`;
  });
  if (print !== '') return { print };
  const [word] = args._;
  if (word !== undefined) {
    throw new UsageError(`${JSON.stringify(word)} is not an option, and clic-master takes nothing else`, {
      hint: 'clic-master --help',
    });
  }
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
    logFormat: args.logFormat,
    limits: readLimits(args, env),
  };
}

/** True for an address that only this machine can reach. */
export function isLoopback(address: string): boolean {
  return address === 'localhost' || address === '::1' || /^127(?:\.\d{1,3}){3}$/.test(address);
}

function describeOptions(parser: Argv, env: NodeJS.ProcessEnv) {
  return parser
    .scriptName('clic-master')
    .locale('en')
    .parserConfiguration({ 'parse-numbers': false, 'parse-positional-numbers': false })
    .options(masterFlags(env))
    .version(version)
    .help()
    .alias({ help: 'h', version: 'V' })
    .strictOptions()
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

const OF_ITSELF: readonly HelpEntry[] = [
  { flag: '-V, --version', takes: null, describe: 'print the version', default: null },
  { flag: '-h, --help', takes: null, describe: 'print this', default: null },
];

function helpText(env: NodeJS.ProcessEnv, columns: number | null): string {
  const example = 'max-plan-bytes';
  return [
    paragraphs(
      'clic-master [options]\n\nRuns a clic-master: takes plans from clic and runs their stages on this machine.',
      columns,
    ),
    optionsHelp('Options', [...flagsHelp(env), ...OF_ITSELF], columns),
    optionsHelp('Limits', limitsHelp(), columns),
    paragraphs(
      `The limits can also be set by variables: ${limitVariable(example)} for --${example}, and so on.`,
      columns,
    ),
  ].join('\n');
}
