import { loadConfig, type LoadedConfig } from '../config/load.ts';
import type { Places } from '../config/locate.ts';
import type { Config } from '../config/options.ts';
import { printable } from '../model/printable.ts';
import type { MasterClient } from '../model/master-client.ts';
import type { openResult } from '../results/open-result.ts';
import type { ClientOptions } from '../rpc/options.ts';
import { clientOptions } from './client-options.ts';
import type { Arguments } from './command-line/arguments.ts';
import { lenient, useColor, type Io, type Sink } from './io.ts';
import type { TextStyle } from './output/columns.ts';

/** What the program is made of: the real things, or those of a test. */
export interface Deps {
  readonly createClient: (options: ClientOptions) => Promise<MasterClient>;
  readonly openResult: typeof openResult;
  readonly places: Omit<Places, 'cwd'>;
  /** Aborted with an InterruptedError by SIGINT and SIGTERM, and with any other error that nobody caught. */
  readonly signal: AbortSignal;
}

/** Where a terminal says that its width is 0. */
const DEFAULT_COLUMNS = 80;

/** What a command runs with. Nothing is read or connected before it is asked for. */
export class Context {
  readonly io: Io;
  /** For notes, progress and hints: writing never fails. */
  readonly notes: Sink;
  readonly deps: Deps;
  readonly signal: AbortSignal;
  readonly #flags: ReadonlyMap<string, string>;
  readonly #args: Arguments;
  readonly #isOneDash: boolean;
  #config: Promise<LoadedConfig> | null = null;
  #client: Promise<MasterClient> | null = null;
  #configured: Config | null = null;
  #closed = false;

  /** @param isOneDash the command was called by its one-dash form */
  constructor(io: Io, deps: Deps, args: Arguments, flags: ReadonlyMap<string, string>, isOneDash = false) {
    this.io = io;
    this.notes = lenient(io.stderr);
    this.deps = deps;
    this.signal = deps.signal;
    this.#args = args;
    this.#flags = flags;
    this.#isOneDash = isOneDash;
  }

  /** @throws ConfigError */
  config(): Promise<LoadedConfig> {
    const { env, cwd } = this.io;
    this.#config ??= loadConfig({ flags: this.#flags, env, places: { ...this.deps.places, cwd } }).then(
      async (config) => {
        this.#configured = config.values;
        // The usual configuration has nothing to be said of it, and then what says it is not loaded.
        const { unknownVariables, redirection } = config;
        if ([unknownVariables, redirection.taken, redirection.refused].some(({ length }) => length > 0)) {
          const { configNotes } = await import('./config-notes.ts');
          for (const note of configNotes(config, this.notes)) await this.note(printable(note));
        }
        return config;
      },
    );
    return this.#config;
  }

  /** The configuration, where it was read. */
  get configured(): Config | null {
    return this.#configured;
  }

  /** The client of the configured master, made once. @throws ConfigError */
  client(): Promise<MasterClient> {
    this.#client ??= this.config().then(async (config) => {
      const client = await this.deps.createClient(await clientOptions(config));
      if (this.#closed) client.close();
      return client;
    });
    return this.#client;
  }

  /** The format that was asked for, or the first of those the command knows. @throws ConfigError */
  async format<F extends string>(formats: readonly [F, ...F[]]): Promise<F> {
    const wanted = this.#args.text('output') ?? (await this.config()).values.output;
    return formats.find((format) => format === wanted) ?? formats[0];
  }

  /** How text for people is drawn on stdout; null for the one-dash forms, whose tables are read by scripts. */
  async textStyle(): Promise<TextStyle | null> {
    if (this.#isOneDash) return null;
    const { stdout, env } = this.io;
    const width = stdout.columns === 0 ? DEFAULT_COLUMNS : stdout.columns;
    return { width, color: useColor((await this.config()).values.color, env, stdout), now: Date.now() };
  }

  /** A line for people, on stderr. */
  note(text: string): Promise<void> {
    return this.notes.write(`${text}\n`);
  }

  /** Lets go of the connection. */
  async close(): Promise<void> {
    this.#closed = true;
    // A client that could not be made has told so already.
    const client = await this.#client?.catch(() => null);
    client?.close();
  }
}
