import { boolean } from '../../config/value-types.ts';
import type { CommandOption } from '../command.ts';

/** The options that a word can give, by name. */
export type OptionTable = Readonly<Record<string, CommandOption>>;

/** An option as it stands on a command line. What its text means is seen when the command is known. */
export interface GivenOption {
  readonly name: string;
  /** As it was typed, for messages: `-o`, `--output`, `--no-tls`. */
  readonly label: string;
  /** null where it has no value. */
  readonly text: string | null;
  /** For `--no-name`. */
  readonly negated: boolean;
}

/** A word that gives options, or begins as one does. */
export interface OptionWord {
  readonly given: readonly GivenOption[];
  /** The part of it that is no option of the table, or null. */
  readonly unknown: string | null;
}

/** True for a word that is no option: `-` stands for a stream, and `-1` is a number. */
export function isValue(word: string | undefined): word is string {
  return word !== undefined && (!word.startsWith('-') || word === '-' || /^-\d/.test(word));
}

/**
 * Reads a word that begins with a dash: `--name`, `--name=value`, `--no-name`, `-o`, `-ojson`, `-n=2`, `-wn2`.
 * @param next takes the word after it from the line, where `isWanted` of it: an option may have its value there
 */
export function readOptionWord(
  word: string,
  table: OptionTable,
  next: (isWanted: (word: string) => boolean) => string | null,
): OptionWord {
  return word.startsWith('--') ? longOption(word, table, next) : shortOptions(word, table, next);
}

type Next = Parameters<typeof readOptionWord>[2];

function longOption(word: string, table: OptionTable, next: Next): OptionWord {
  const [, name = '', , attached] = /^--([^=]*)(=([\s\S]*))?$/.exec(word) ?? [];
  const label = `--${name}`;
  const option = optionOf(table, name);
  if (option !== undefined) {
    return known({ name, label, text: attached ?? valueAfter(option, next), negated: false });
  }
  const positive = name.startsWith('no-') ? name.slice(3) : '';
  const negated = optionOf(table, positive);
  if (negated?.type === 'boolean')
    return known({ name: positive, label, text: attached ?? null, negated: true });
  if (negated?.asFlag !== undefined && attached === undefined) {
    return known({ name: positive, label, text: negated.asFlag.off, negated: false });
  }
  return { given: [], unknown: label };
}

/** Flags, and at their end an option with its value. */
function shortOptions(word: string, table: OptionTable, next: Next): OptionWord {
  const given: GivenOption[] = [];
  for (let i = 1; i < word.length; i += 1) {
    const letter = word[i] ?? '';
    const label = `-${letter}`;
    const [name, option] = Object.entries(table).find(([, { alias }]) => alias === letter) ?? [];
    if (name === undefined || option === undefined) return { given, unknown: label };
    const after = word.slice(i + 1);
    if (option.type === 'boolean' && !after.startsWith('=')) {
      given.push({ name, label, text: null, negated: false });
      continue;
    }
    const text = after === '' ? valueAfter(option, next) : after.replace(/^=/, '');
    return { given: [...given, { name, label, text, negated: false }], unknown: null };
  }
  return { given, unknown: null };
}

function known(option: GivenOption): OptionWord {
  return { given: [option], unknown: null };
}

function optionOf(table: OptionTable, name: string): CommandOption | undefined {
  return Object.hasOwn(table, name) ? table[name] : undefined;
}

/** The value in the word after an option, or null. An option that can stand alone takes only a word that can be its value. */
function valueAfter({ type, asFlag, choices }: CommandOption, next: Next): string | null {
  if (type === 'boolean') return null;
  if (asFlag === undefined) return next(isValue);
  return next((word) => choices?.includes(word.toLowerCase()) === true);
}

/** What a given option says, or what is wrong with it. */
export function valueOf(
  { label, name, text, negated }: GivenOption,
  { type, choices, asFlag }: CommandOption,
): { readonly value: string | boolean } | { readonly problem: string } {
  if (type === 'boolean') {
    const flag = text === null ? true : boolean.parse(text);
    if (flag !== undefined) return { value: flag !== negated };
    return { problem: `${label}: ${JSON.stringify(text)} is not valid: expected ${boolean.expects}` };
  }
  if (text === null) {
    if (asFlag !== undefined) return { value: asFlag.on };
    return {
      problem: `${label} needs a value${choices === undefined ? '' : `, one of ${choices.join(', ')}`}`,
    };
  }
  if (choices === undefined) return { value: text };
  const choice = choices.find((word) => word === text.toLowerCase());
  if (choice !== undefined) return { value: choice };
  return { problem: `--${name} ${JSON.stringify(text)} is not one of ${choices.join(', ')}` };
}
