import type { Options } from 'yargs';
import { UsageError } from '../model/errors.ts';
import { COMMANDS } from './commands/index.ts';
import { connectionOption, optionsOf } from './global-options.ts';
import { legacyVerb } from './legacy.ts';
import { suggestCommand } from './suggest-command.ts';

export interface CommandLine {
  /** null when there is none: `clic`, `clic -o json`. */
  readonly verb: string | null;
  /** As it was typed. */
  readonly verbWord: string;
  /** Everything else, in its order. */
  readonly words: readonly string[];
  /** How many of `words` stood before the verb. */
  readonly before: number;
}

/**
 * Finds the verb: the first word that is a one-dash command, or that is neither an option nor the value of one.
 * @throws UsageError an option before it is one of no command
 */
export function splitCommandLine(argv: readonly string[]): CommandLine {
  for (let i = 0; i < argv.length; i += 1) {
    const word = argv[i] ?? '';
    const legacy = legacyVerb(word);
    if (legacy !== undefined || !word.startsWith('-') || word === '-') {
      return commandLine(argv, i, legacy ?? word);
    }
    if (word === '--') continue;
    if (optionNamed(word) === null) throw unknownOption(word);
    if (takesNextWord(word, argv[i + 1])) i += 1;
  }
  return { verb: null, verbWord: '', words: argv, before: argv.length };
}

/** The option of any command that a word gives, or null. Which commands take it is seen when the verb is known. */
function optionNamed(word: string): Options | null {
  if (word.startsWith('--')) {
    const name = word.slice(2).replace(/=[^]*$/, '');
    return optionOfAny(name) ?? (name.startsWith('no-') ? optionOfAny(name.slice(3)) : null);
  }
  // `-list` is no `-l`, and -o takes whatever is behind it.
  if (!/^-(?:o.*|\w(?:=.*|\d+)?)$/s.test(word)) return null;
  return ALIASES.get(word[1] ?? '') ?? null;
}

const PER_COMMAND = new Map(COMMANDS.flatMap((spec) => Object.entries(spec.options ?? {})));
const ALIASES = new Map(
  COMMANDS.flatMap((spec) => Object.values(optionsOf(spec))).flatMap((option) =>
    typeof option.alias === 'string' ? [[option.alias, option] as const] : [],
  ),
);

function optionOfAny(name: string): Options | null {
  if (name === 'output') return ALIASES.get('o') ?? null;
  return connectionOption(name) ?? PER_COMMAND.get(name) ?? null;
}

/** True for an option that takes the next word as its value. */
function takesNextWord(word: string, next: string | undefined): boolean {
  if (word.includes('=') || word.startsWith('--no-') || (!word.startsWith('--') && word.length > 2))
    return false;
  if (word === '--color') return connectionOption('color')?.choices?.includes(next) === true;
  return optionNamed(word)?.type === 'string';
}

function unknownOption(word: string): UsageError {
  const near = suggestCommand(word);
  return new UsageError(
    `${JSON.stringify(word)} is neither a command nor an option of clic${near === null ? '' : `; did you mean ${near}?`}`,
    { hint: '`clic help` lists the commands' },
  );
}

function commandLine(argv: readonly string[], at: number, verb: string): CommandLine {
  return { verb, verbWord: argv[at] ?? '', words: argv.toSpliced(at, 1), before: at };
}
