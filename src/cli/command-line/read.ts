import { UsageError } from '../../model/errors.ts';
import { nearest } from '../../plan/suggest.ts';
import { CONFIG_FLAGS, commandNamed, optionsOf, usageOf, type CommandSpec } from '../command.ts';
import { Arguments, type Word } from './arguments.ts';
import { isValue, readOptionWord, valueOf, type GivenOption, type OptionTable } from './option-word.ts';
import { unknownCommand, unknownOption } from './unknown.ts';

/** All that a command line says. */
export interface CommandLine {
  /** null where no word names one. */
  readonly command: CommandSpec | null;
  /** True where it was named by its one-dash form. */
  readonly isOneDash: boolean;
  /** What is wrong with the line, the first of it. What is said below may then be only a part. */
  readonly problem: UsageError | null;
  /** True where the help of the command is asked for, whatever else is wrong. */
  readonly wantsHelp: boolean;
  /** What the last -o asks for, were it nonsense. */
  readonly output: string | null;
  readonly args: Arguments;
  /** What goes to the configuration, by flag. */
  readonly flags: ReadonlyMap<string, string>;
  /** The words of the command that are no options. */
  readonly words: readonly string[];
  /** The option whose value the line ends before, by name, or null. */
  readonly open: string | null;
}

/**
 * Reads a command line, each word once and up to its end: also a line that is wrong says in which format that is to be told.
 * The verb is the first word that is a one-dash command, or that is neither an option nor the value of one.
 */
export function readCommandLine(argv: readonly string[], commands: readonly CommandSpec[]): CommandLine {
  const reader = new Reader(commands);
  const words = [...argv];
  for (let word = words.shift(); word !== undefined; word = words.shift()) reader.take(word, words);
  return reader.finish();
}

class Reader {
  readonly #commands: readonly CommandSpec[];
  #command: CommandSpec | null = null;
  #isOneDash = false;
  /** Until the verb has come, the options of all commands. */
  #table: OptionTable | null = null;
  #problem: UsageError | null = null;
  readonly #given: GivenOption[] = [];
  readonly #words: string[] = [];
  #rest: string[] = [];
  #open: string | null = null;
  #onlyWords = false;

  constructor(commands: readonly CommandSpec[]) {
    this.#commands = commands;
  }

  /** @param rest the words after it, from which it takes what belongs to it */
  take(word: string, rest: string[]): void {
    if (this.#isWord(word)) this.#takeWord(word, rest);
    else if (word === '--') this.#onlyWords = true;
    else this.#takeOption(word, rest);
  }

  #isWord(word: string): boolean {
    if (this.#onlyWords) return true;
    const command = this.#command;
    if (command === null) {
      return !word.startsWith('-') || word === '-' || commandNamed(word, this.#commands) !== undefined;
    }
    return (
      isValue(word) ||
      (command.positionals.some(({ isCommand }) => isCommand === true) &&
        this.#commands.some(({ legacy }) => legacy === word))
    );
  }

  #takeWord(word: string, rest: string[]): void {
    if (this.#command === null && this.#problem === null) {
      this.#command = commandNamed(word, this.#commands) ?? null;
      this.#isOneDash = word.startsWith('-');
      this.#table = null;
      if (this.#command === null) this.#problem = unknownCommand(word, this.#commands);
      return;
    }
    this.#words.push(word);
    if (this.#words.length === 1 && this.#command?.passesOn?.(word) === true) this.#rest = rest.splice(0);
  }

  #takeOption(word: string, rest: string[]): void {
    // `-list` is no `-l`: only after the verb can one word give several options.
    const isWhole = this.#command !== null || /^--|^-(?:o|\w(?:=|\d*$))/.test(word);
    const { given, unknown } = isWhole
      ? readOptionWord(word, this.#options(), (isWanted) => {
          const next = rest[0];
          return next !== undefined && isWanted(next) ? (rest.shift() ?? null) : null;
        })
      : { given: [], unknown: word };
    this.#given.push(...given);
    const last = given.at(-1);
    const isOpen = rest.length === 0 && last?.text === null && this.#options()[last.name]?.type === 'string';
    this.#open = isOpen ? last.name : null;
    if (unknown === null) return;
    this.#problem ??=
      this.#command === null ? unknownOption(word, this.#commands) : this.#notOf(this.#command, unknown);
  }

  #options(): OptionTable {
    const commands = this.#command === null ? this.#commands : [this.#command];
    this.#table ??= Object.fromEntries(commands.flatMap((command) => Object.entries(optionsOf(command))));
    return this.#table;
  }

  #notOf(command: CommandSpec, label: string): UsageError {
    const near = label.startsWith('--')
      ? nearest(label.slice(2), Object.keys(optionsOf(command)))
      : undefined;
    return new UsageError(
      `${label} is not an option of clic ${command.verb}${near === undefined ? '' : `; did you mean --${near}?`}`,
      { hint: hintFor(command) },
    );
  }

  finish(): CommandLine {
    const command = this.#command;
    const line = {
      command,
      isOneDash: this.#isOneDash,
      output: this.#given.findLast(({ name }) => name === 'output')?.text ?? null,
      words: this.#words,
      open: this.#open,
    };
    if (command === null) {
      const args = new Arguments(new Map());
      return { ...line, problem: this.#problem, wantsHelp: false, args, flags: new Map() };
    }
    const values = this.#values(command);
    const positionals = this.#positionals(command);
    return {
      ...line,
      problem: this.#problem,
      wantsHelp: values.get('help') === true,
      args: new Arguments(new Map<string, Word>([...values, ...positionals]), this.#rest),
      flags: new Map(
        CONFIG_FLAGS.flatMap((flag) => {
          const value = values.get(flag);
          return value === undefined ? [] : [[flag, String(value)] as const];
        }),
      ),
    };
  }

  /** The options that were given, the last of several. */
  #values(command: CommandSpec): Map<string, string | boolean> {
    const options = optionsOf(command);
    const values = new Map<string, string | boolean>();
    for (const given of this.#given) {
      const option = Object.hasOwn(options, given.name) ? options[given.name] : undefined;
      if (option === undefined) {
        this.#problem ??= this.#notOf(command, given.label);
        continue;
      }
      const read = valueOf(given, option);
      if ('value' in read) values.set(given.name, read.value);
      else this.#problem ??= new UsageError(read.problem, { hint: hintFor(command) });
    }
    return values;
  }

  #positionals(command: CommandSpec): Map<string, string | readonly string[]> {
    const positionals = new Map<string, string | readonly string[]>();
    const words = [...this.#words];
    for (const { name, required, variadic } of command.positionals) {
      const first = words[0];
      if (first === '') this.#misplaced(command, `<${name}> is empty`);
      if (first === undefined && required) this.#misplaced(command, `<${name}> is missing`);
      if (variadic === true) positionals.set(name, words.splice(0));
      else if (first !== undefined) positionals.set(name, first);
      words.shift();
    }
    if (words.length > 0) this.#misplaced(command, `${JSON.stringify(words[0])} is one word too many`);
    return positionals;
  }

  #misplaced(command: CommandSpec, problem: string): void {
    this.#problem ??= new UsageError(`${problem}: clic ${usageOf(command)}`, { hint: hintFor(command) });
  }
}

function hintFor({ verb }: CommandSpec): string {
  return `\`clic help ${verb}\` shows how it is used`;
}
