import type { Options } from 'yargs';
import type { CommandSpec, Positional } from '../command.ts';
import { COMMANDS, commandOf } from '../commands/index.ts';
import { splitCommandLine, type CommandLine } from '../command-line.ts';
import type { Deps } from '../deps.ts';
import { optionsOf } from '../global-options.ts';
import type { Io } from '../io.ts';
import { LEGACY_WORDS } from '../legacy.ts';
import { parseWords } from '../parse.ts';
import { gatherNames } from './gather.ts';

/**
 * What the last of the words can become, or null where that is a path, which a shell completes by itself; the words before it
 * are those that were typed behind `clic`.
 * Whatever goes wrong, there are just fewer candidates: a shell has no place to show an error.
 */
export async function completeWords(line: readonly string[], io: Io, deps: Deps): Promise<string[] | null> {
  const { typed, current, before: assigned } = assignmentSplit(line);
  const matching = (candidates: readonly string[]): string[] =>
    candidates.filter((candidate) => candidate.startsWith(current)).map((candidate) => assigned + candidate);

  const { default: yargs } = await import('yargs');
  const parser = yargs().locale('en').help(false).version(false).exitProcess(false);
  const split = splitOrNull(typed);
  if (split === null) return [];
  const { verb, words, before } = split;
  if (verb === null) {
    for (const command of COMMANDS) parser.command(command.verb, command.describe);
    return matching(current.startsWith('-') ? LEGACY_WORDS : await parser.getCompletion(['clic', current]));
  }
  const spec = commandOf(verb);
  if (spec === undefined) return [];
  parser.options(optionsOf(spec));
  // yargs takes an option that is typed in part for one that is given, and writes an alias of one letter with two dashes.
  const asked = /^--?/.exec(current)?.[0] ?? current;
  const known = await parser.getCompletion(['clic', ...typed.slice(-1), asked]);
  const options = matching(known.filter((candidate) => !/^--\w(?::|$)/.test(candidate)));
  if (current.startsWith('-')) return options;
  const values = matching(known.filter((candidate) => !candidate.startsWith('-')));
  if (values.length > 0) return values;
  const valueOf = optionAwaitingValue(spec, typed.at(-1));
  if (valueOf !== null) return valueOf.choices === undefined ? null : [];

  const place = await placeOf(spec, words, before);
  if (place === null) return options;
  const { positional, flags } = place;
  if (positional.choices !== undefined) return matching(positional.choices);
  return positional.completes === undefined
    ? null
    : gatherNames(positional.completes, current, flags, io, deps);
}

/** null where there is an option of no command before the verb. */
function splitOrNull(typed: readonly string[]): CommandLine | null {
  try {
    return splitCommandLine(typed);
  } catch {
    return null;
  }
}

/** The option whose value comes next, if the word before is one that takes a value. */
function optionAwaitingValue(spec: CommandSpec, word = ''): Options | null {
  const found = Object.entries(optionsOf(spec)).find(
    ([name, { alias }]) => word === `--${name}` || (typeof alias === 'string' && word === `-${alias}`),
  );
  return found?.[1].type === 'string' ? found[1] : null;
}

/**
 * The words before the one that is being completed, and that one. `--output=js` completes `js`: zsh has it as one word, of
 * which `before` has to be repeated; bash as three.
 */
function assignmentSplit(line: readonly string[]): { typed: string[]; current: string; before: string } {
  const words = line.filter((word, i) => word !== '=' || i === line.length - 1);
  const current = words.at(-1) ?? '';
  const typed = words.slice(0, -1);
  const [, flag, value] = /^(--[\w-]+)=(.*)$/.exec(current) ?? [];
  if (flag !== undefined && value !== undefined) {
    return { typed: [...typed, flag], current: value, before: `${flag}=` };
  }
  return { typed, current: current === '=' ? '' : current, before: '' };
}

interface Place {
  readonly positional: Positional;
  readonly flags: ReadonlyMap<string, string>;
}

/** The positional that is being typed, and what was given to the configuration so far; null where it is none. */
async function placeOf(spec: CommandSpec, words: readonly string[], before: number): Promise<Place | null> {
  const anyWords: Positional = { name: 'words', describe: '', required: false, variadic: true };
  // A line that is not whole yet can be wrong in many ways: then there is nothing to propose.
  const parsed = await parseWords({ ...spec, positionals: [anyWords] }, words, before).catch(() => null);
  const last = spec.positionals.at(-1);
  const positional =
    parsed === null
      ? undefined
      : (spec.positionals[parsed.args.list('words').length] ?? (last?.variadic === true ? last : undefined));
  return parsed === null || positional === undefined ? null : { positional, flags: parsed.flags };
}
