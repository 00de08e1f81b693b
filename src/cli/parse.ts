import type { Options } from 'yargs';
import { UsageError } from '../model/errors.ts';
import { Arguments, type Word } from './arguments.ts';
import { usageOf, type CommandSpec } from './command.ts';
import { CONFIG_FLAGS, optionsOf } from './global-options.ts';
import { optionWords } from './option-words.ts';

export interface Parsed {
  readonly args: Arguments;
  /** What goes to the configuration, by flag. */
  readonly flags: ReadonlyMap<string, string>;
  readonly help: boolean;
}

/**
 * Parses the words of a command.
 * @throws UsageError
 */
export async function parseWords(spec: CommandSpec, words: readonly string[], before = 0): Promise<Parsed> {
  const count = before + (spec.parsedWords?.(words.slice(before)) ?? words.length - before);
  const rest = words.slice(count);
  const parsed = words.slice(0, count);
  const ownWords = parsed.includes('--') ? parsed.slice(0, parsed.indexOf('--')) : parsed;
  if (ownWords.some((word) => word === '--help' || word === '-h')) {
    return { args: new Arguments(new Map()), flags: new Map(), help: true };
  }
  const options = optionsOf(spec);
  // Most runs of `clic list` have nothing to parse: loading yargs would be a tenth of their time.
  const argv: Argv = count === 0 ? { _: [] } : await yargsParse(options, parsed, spec.verb);
  if (argv['help'] === true) return { args: new Arguments(new Map()), flags: new Map(), help: true };
  const given = [...givenOptions(argv, options), ...positionalsOf(spec, argv)];
  return { args: new Arguments(new Map<string, Word>(given), rest), flags: configFlags(argv), help: false };
}

type Argv = Readonly<Record<string, unknown>>;

async function yargsParse(
  options: Readonly<Record<string, Options>>,
  words: readonly string[],
  verb: string,
): Promise<Argv> {
  const canonical = explained(verb, () => optionWords(words, options, verb));
  const { default: yargs } = await import('yargs');
  return yargs()
    .locale('en')
    .help(false)
    .version(false)
    .exitProcess(false)
    .parserConfiguration({
      'parse-numbers': false,
      'parse-positional-numbers': false,
      'dot-notation': false,
      'camel-case-expansion': false,
      'duplicate-arguments-array': false,
      'strip-aliased': true,
    })
    .options(options)
    .fail((message: string, error: Error | undefined) => {
      if (error !== undefined && error.name !== 'YError') throw error;
      throw new UsageError(message.replace(/\s*\n\s*/g, ' '), { hint: hintFor(verb) });
    })
    .parseSync(canonical);
}

/** What is wrong with an option, with the command whose option it should be. */
function explained<T>(verb: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    throw new UsageError(error.message, { hint: hintFor(verb), cause: error });
  }
}

function* givenOptions(argv: Argv, options: Record<string, Options>): Generator<[string, string | boolean]> {
  for (const name of Object.keys(options)) {
    const word = argv[name];
    if (typeof word === 'string' || typeof word === 'boolean') yield [name, word];
  }
}

function* positionalsOf(spec: CommandSpec, argv: Argv): Generator<[string, string | readonly string[]]> {
  const words = Array.isArray(argv['_']) ? argv['_'].map(String) : [];
  for (const { name, required, variadic } of spec.positionals) {
    const first = words[0];
    if (first === '') throw misplaced(spec, `<${name}> is empty`);
    if (first === undefined && required) throw misplaced(spec, `<${name}> is missing`);
    if (variadic === true) yield [name, words.splice(0)];
    else if (first !== undefined) yield [name, first];
    words.shift();
  }
  if (words.length > 0) throw misplaced(spec, `${JSON.stringify(words[0])} is one word too many`);
}

function misplaced(spec: CommandSpec, problem: string): UsageError {
  return new UsageError(`${problem}: clic ${usageOf(spec)}`, { hint: hintFor(spec.verb) });
}

function configFlags(argv: Argv): Map<string, string> {
  const flags = new Map<string, string>();
  for (const flag of CONFIG_FLAGS) {
    const word = argv[flag];
    if (typeof word === 'string' || typeof word === 'boolean') flags.set(flag, String(word));
  }
  return flags;
}

function hintFor(verb: string): string {
  return `\`clic help ${verb}\` shows how it is used`;
}
