import type { ValueType } from '../../config/value-types.ts';
import { UsageError } from '../../model/errors.ts';

export type Word = string | boolean | readonly string[];

/** What was given to a command: options and positionals, by name. */
export class Arguments {
  readonly #words: ReadonlyMap<string, Word>;
  /** Words that were not parsed, for commands that pass them on. */
  readonly rest: readonly string[];

  constructor(words: ReadonlyMap<string, Word>, rest: readonly string[] = []) {
    this.#words = words;
    this.rest = rest;
  }

  /** undefined when it was not given. */
  text(name: string): string | undefined {
    const word = this.#words.get(name);
    return typeof word === 'string' ? word : undefined;
  }

  /** A positional that the command can't do without: parsing has made sure of it. */
  required(name: string): string {
    const text = this.text(name);
    if (text === undefined) throw new UsageError(`<${name}> is missing`);
    return text;
  }

  /** undefined when neither `--name` nor `--no-name` was given. */
  flag(name: string): boolean | undefined {
    const word = this.#words.get(name);
    return typeof word === 'boolean' ? word : undefined;
  }

  /** The words of a variadic positional. */
  list(name: string): readonly string[] {
    const word = this.#words.get(name);
    return typeof word === 'object' ? word : [];
  }

  /** The value of an option, or of what `label` says. @throws UsageError when the text is no such value */
  value<T>(name: string, type: ValueType<T>, label = `--${name}`): T | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    const value = type.parse(text);
    if (value === undefined) {
      throw new UsageError(`${label}: ${JSON.stringify(text)} is not valid: expected ${type.expects}`);
    }
    return value;
  }
}
