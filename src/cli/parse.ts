import type { Options } from 'yargs';
import { UsageError } from '../model/errors.ts';
import { Suggester } from '../plan/suggest.ts';
import { Arguments, type Word } from './arguments.ts';
import { usageOf, type CommandSpec } from './command.ts';
import { CONFIG_FLAGS, optionsOf } from './global-options.ts';

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
  const options = optionsOf(spec);
  // Most runs of `clic list` have nothing to parse: loading yargs would be a tenth of their time.
  const argv: Argv = count === 0 ? { _: [] } : await yargsParse(options, words.slice(0, count), spec.verb);
  if (argv['help'] === true) return { args: new Arguments(new Map()), flags: new Map(), help: true };
  refuseUnknown(argv, options, spec.verb);
  const given = [...givenOptions(argv, options), ...positionalsOf(spec, argv)];
  return { args: new Arguments(new Map<string, Word>(given), rest), flags: configFlags(argv), help: false };
}

type Argv = Readonly<Record<string, unknown>>;

async function yargsParse(
  options: Record<string, Options>,
  words: readonly string[],
  verb: string,
): Promise<Argv> {
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
    .parseSync([...words]);
}

function refuseUnknown(argv: Argv, options: Record<string, Options>, verb: string): void {
  const names = Object.keys(options);
  for (const name of Object.keys(argv)) {
    if (name === '_' || name === '$0' || names.includes(name)) continue;
    const near = new Suggester(names).nearest(name);
    throw new UsageError(
      `${name.length === 1 ? '-' : '--'}${name} is not an option of clic ${verb}` +
        (near === undefined ? '' : `; did you mean --${near}?`),
      { hint: hintFor(verb) },
    );
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
    if (typeof word === 'string') flags.set(flag, flag === 'color' && word === '' ? 'always' : word);
    if (typeof word === 'boolean')
      flags.set(flag, flag === 'color' ? (word ? 'always' : 'never') : String(word));
  }
  return flags;
}

function hintFor(verb: string): string {
  return `\`clic help ${verb}\` shows how it is used`;
}
