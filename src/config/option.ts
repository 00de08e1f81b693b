import type { ValueType } from './value-types.ts';

/** Where a value can be set, and what it means. A table of these drives reading, help, completion and the flags of a program. */
export interface OptionSpec<T> {
  readonly type: ValueType<T>;
  readonly default: T;
  readonly env: string;
  /** Keys of the configuration file. The first is the one that is documented. */
  readonly keys: readonly [string, ...string[]];
  /** Without its two dashes. */
  readonly flag: string;
  /** Shown in the help of each command of clic; the others only in `clic help config`. */
  readonly common?: true;
  /** Names a master or what is shown to it: a `.env` that others can change does not set it. */
  readonly isTrusted?: true;
  /** Of clic-master: what one client, or one plan, may cost. */
  readonly isLimit?: true;
  readonly help: string;
}

/** The options of a program, by name. */
export type OptionTable = Readonly<Record<string, OptionSpec<unknown>>>;

/** The values of all options of a table. Durations are milliseconds, sizes bytes. */
export type ValuesOf<T extends OptionTable> = {
  readonly [Name in keyof T]: T[Name] extends OptionSpec<infer V> ? V : never;
};

/** The names in a table, in its order. */
export function namesOf<T extends OptionTable>(table: T): (keyof T & string)[] {
  return Object.keys(table);
}
