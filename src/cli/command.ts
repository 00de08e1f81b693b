import type { Options } from 'yargs';
import type { Arguments } from './arguments.ts';
import type { Context } from './context.ts';

/** A word of a command line that is no option, by its place. */
export interface Positional {
  readonly name: string;
  readonly describe: string;
  readonly required: boolean;
  /** Takes all words that are left. */
  readonly variadic?: true;
  /** The words that it can be. */
  readonly choices?: readonly string[];
  /** What completion asks the master for. */
  readonly completes?: 'task' | 'stage' | 'waiting-stage' | 'suspended-stage';
}

/** What is known of a command without loading it: enough for parsing, help and completion. */
export interface CommandSpec {
  readonly verb: string;
  /** The form of the existing shell, such as `-task`. */
  readonly legacy?: string;
  readonly describe: string;
  readonly positionals: readonly Positional[];
  /** Options of this command alone, by name without dashes. */
  readonly options?: Readonly<Record<string, Options>>;
  /** What `-o` takes, the default first; empty where the command prints no data. */
  readonly formats: readonly string[];
  /** Below the options in its help. */
  readonly notes?: string;
  /** The command sees to SIGINT and SIGTERM by `context.signal`; others are left at once. */
  readonly handlesSignals?: true;
  /** How many of the words behind the verb are parsed; the rest is passed on as it is, in `Arguments.rest`. */
  readonly parsedWords?: (words: readonly string[]) => number;
  readonly load: () => Promise<CommandModule>;
}

/** The part of a command that runs. */
interface CommandModule {
  /** Resolves to the exit status. Throws the typed errors of model/errors.ts for everything that went wrong. */
  run(args: Arguments, context: Context): Promise<number>;
}

/** `task <taskName>`, `result <stageId> [lines]`, `submit <a> [b…]`. */
export function usageOf({ verb, positionals }: Pick<CommandSpec, 'verb' | 'positionals'>): string {
  return [
    verb,
    ...positionals.map(({ name, required, variadic }) => {
      const shown = variadic === true ? `${name}..` : name;
      return required ? `<${shown}>` : `[${shown}]`;
    }),
  ].join(' ');
}
