import { OPTIONS, OPTION_NAMES } from '../config/options.ts';
import type { Arguments } from './command-line/arguments.ts';
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
  /** Names a command, which its one-dash form does as well. */
  readonly isCommand?: true;
  /** What completion asks the master for. */
  readonly completes?: 'task' | 'stage' | 'waiting-stage' | 'suspended-stage';
}

/** An option of a command line, under its name without dashes. */
export interface CommandOption {
  readonly type: 'boolean' | 'string';
  readonly describe: string;
  /** One letter. */
  readonly alias?: string;
  readonly choices?: readonly string[];
  /** Words that completion proposes, where it takes others as well; none where it takes text that nobody can guess. */
  readonly proposes?: readonly string[];
  /** For an option of words that can also be given as a flag: what `--name` alone and `--no-name` mean. */
  readonly asFlag?: { readonly on: string; readonly off: string };
  /** The heading that it stands under in the help. */
  readonly group?: string;
  /** Not in the help of each command. */
  readonly hidden?: boolean;
}

/** What `-o json` prints, for `clic help json`. */
interface JsonHelp {
  readonly document: string;
  /** The fields of the records in it, by the name of the record. */
  readonly records?: Readonly<Record<string, string>>;
}

/**
 * A command: what is known of it without loading it, which is enough for parsing, help and completion, and how it is run.
 * Most load their code when they run: only what a quick listing needs is loaded with the program.
 */
export interface CommandSpec {
  readonly verb: string;
  /** The form of the Java shell, such as `-task`. */
  readonly legacy?: string;
  /** How that form is used, where the usage of the verb does not say it. */
  readonly legacyUsage?: readonly string[];
  /** Other words that mean this command, such as `-V`. */
  readonly aliases?: readonly string[];
  readonly describe: string;
  readonly positionals: readonly Positional[];
  /** Options of this command alone. */
  readonly options?: Readonly<Record<string, CommandOption>>;
  /** What `-o` takes, the default first; empty where the command prints no data. */
  readonly formats: readonly string[];
  readonly json?: JsonHelp;
  /** Below the options in its help. */
  readonly notes?: string;
  /** The command sees to SIGINT and SIGTERM by `context.signal`; others are left at once. */
  readonly handlesSignals?: true;
  /** Whether the words after this first one are passed on as they are, in `Arguments.rest`. */
  readonly passesOn?: (first: string) => boolean;
  /** Resolves to the exit status. Throws the typed errors of model/errors.ts for everything that went wrong. */
  readonly run: (args: Arguments, context: Context) => Promise<number>;
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

/** How the one-dash forms of a command are used; none where it has no such form. */
export function legacyUsageOf({ legacy, legacyUsage, positionals }: CommandSpec): readonly string[] {
  if (legacy === undefined) return [];
  return legacyUsage ?? [usageOf({ verb: legacy, positionals })];
}

/** The command that a word means: by its verb, its one-dash form or another word for it. */
export function commandNamed(word: string, commands: readonly CommandSpec[]): CommandSpec | undefined {
  return commands.find(
    ({ verb, legacy, aliases }) => word === verb || word === legacy || aliases?.includes(word) === true,
  );
}

/** The options of a command: its own, `output` where it prints data, and those that every command takes. */
export function optionsOf({
  formats,
  options,
}: Pick<CommandSpec, 'formats' | 'options'>): Readonly<Record<string, CommandOption>> {
  return {
    ...options,
    ...(formats.length > 0
      ? { output: { type: 'string', alias: 'o', choices: formats, describe: OPTIONS.output.help } }
      : {}),
    ...EVERYWHERE,
  };
}

const GROUP = 'Everywhere:';

/** Made from the table of the configuration. */
const CONFIG_OPTIONS: Readonly<Record<string, CommandOption>> = {
  ...Object.fromEntries(
    OPTION_NAMES.filter((name) => name !== 'output').map((name): [string, CommandOption] => {
      const { flag, help, common, type } = OPTIONS[name];
      const shown = { describe: help, group: GROUP, hidden: common !== true };
      if (type.name === 'boolean') return [flag, { type: 'boolean', ...shown }];
      return [
        flag,
        {
          type: 'string',
          ...(type.choices === undefined ? {} : { choices: type.choices }),
          ...(name === 'color' ? { asFlag: { on: 'always', off: 'never' } } : {}),
          ...shown,
        },
      ];
    }),
  ),
  config: { type: 'string', describe: 'the configuration file to read', group: GROUP },
};

const EVERYWHERE: Readonly<Record<string, CommandOption>> = {
  ...CONFIG_OPTIONS,
  help: { type: 'boolean', alias: 'h', describe: 'show this help', group: GROUP },
};

/** The options that go to the configuration, `config` among them. */
export const CONFIG_FLAGS: readonly string[] = Object.keys(CONFIG_OPTIONS);
