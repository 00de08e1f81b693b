import type { Options } from 'yargs';
import { boolean } from '../config/value-types.ts';
import { UsageError } from '../model/errors.ts';
import { Suggester } from '../plan/suggest.ts';

/**
 * The words of a command with every option in one form, `--name=value`, and each value checked as far as the option itself
 * tells: `-ojson` becomes `--output=json`, `--wait` and `--wait=yes` become `--wait=true`, `--no-lint` becomes `--lint=false`.
 * Words behind `--` stay what they are.
 * @throws UsageError an option is unknown, has no value, or one that it does not take
 */
export function optionWords(
  words: readonly string[],
  options: Readonly<Record<string, Options>>,
  verb: string,
): string[] {
  const found: string[] = [];
  const rest = [...words];
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    if (word === '--') return [...found, '--', ...rest];
    const next = (): string | undefined => (isValue(rest[0]) ? rest.shift() : undefined);
    if (word.startsWith('--')) found.push(longOption(word, options, verb, next));
    else if (isValue(word)) found.push(word);
    else found.push(...shortOptions(word, options, verb, next));
  }
  return found;
}

type Next = () => string | undefined;

/** `-` stands for a stream, and `-1` is a number. */
function isValue(word: string | undefined): boolean {
  return word !== undefined && (!word.startsWith('-') || word === '-' || /^-\d/.test(word));
}

function longOption(
  word: string,
  options: Readonly<Record<string, Options>>,
  verb: string,
  next: Next,
): string {
  const [, name = '', , given] = /^--([^=]*)(=([^]*))?$/.exec(word) ?? [];
  const option = Object.hasOwn(options, name) ? options[name] : undefined;
  if (option !== undefined) return assigned(name, option, `--${name}`, given ?? null, next);
  const positive = name.startsWith('no-') ? name.slice(3) : '';
  const negated = Object.hasOwn(options, positive) ? options[positive] : undefined;
  if (negated?.type === 'boolean') {
    return `--${positive}=${String(given === undefined ? false : !parseFlag(`--${name}`, given))}`;
  }
  if (positive === 'color' && negated !== undefined && given === undefined) return '--color=never';
  const near = new Suggester(Object.keys(options)).nearest(name);
  throw new UsageError(
    `--${name} is not an option of clic ${verb}${near === undefined ? '' : `; did you mean --${near}?`}`,
  );
}

/** `-w`, `-ojson`, `-n=2`, `-wn2`: flags, and at their end an option with its value. */
function* shortOptions(
  word: string,
  options: Readonly<Record<string, Options>>,
  verb: string,
  next: Next,
): Generator<string> {
  for (let i = 1; i < word.length; i += 1) {
    const letter = word[i] ?? '';
    const [name, option] = Object.entries(options).find(([, { alias }]) => alias === letter) ?? [];
    if (name === undefined || option === undefined) {
      throw new UsageError(`-${letter} is not an option of clic ${verb}`);
    }
    const behind = word.slice(i + 1);
    if (option.type === 'boolean' && !behind.startsWith('=')) {
      yield `--${name}=true`;
      continue;
    }
    yield assigned(name, option, `-${letter}`, behind === '' ? null : behind.replace(/^=/, ''), next);
    return;
  }
}

/** @param given what stands behind the option in the same word, or null */
function assigned(name: string, option: Options, label: string, given: string | null, next: Next): string {
  if (option.type === 'boolean') return `--${name}=${String(given === null || parseFlag(label, given))}`;
  const { choices } = option;
  // Alone, it turns color on.
  const value = given ?? next() ?? (name === 'color' ? 'always' : undefined);
  if (value === undefined) throw new UsageError(`${label} needs a value${oneOf(choices)}`);
  if (choices === undefined) return `--${name}=${value}`;
  const choice = choices.find((word) => word === value.toLowerCase());
  if (choice === undefined) {
    throw new UsageError(`--${name} ${JSON.stringify(value)} is not one of ${choices.join(', ')}`);
  }
  return `--${name}=${String(choice)}`;
}

function parseFlag(label: string, text: string): boolean {
  const value = boolean.parse(text);
  if (value === undefined) {
    throw new UsageError(`${label}: ${JSON.stringify(text)} is not valid: expected ${boolean.expects}`);
  }
  return value;
}

function oneOf(choices: Options['choices']): string {
  return choices === undefined ? '' : `, one of ${choices.join(', ')}`;
}
