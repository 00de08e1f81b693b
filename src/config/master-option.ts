import type { OptionSpec } from './option.ts';
import type { ValueType } from './value-types.ts';

/** The variable and the key follow from the flag: `--max-running` is `CLIC_MASTER_MAX_RUNNING` and `maxRunning`. */
export function option<T>(
  flag: string,
  type: ValueType<T>,
  fallback: T,
  help: string,
  more: Partial<OptionSpec<T>> = {},
): OptionSpec<T> {
  const env = `CLIC_MASTER_${flag.toUpperCase().replaceAll('-', '_')}`;
  const key = flag.replaceAll(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
  return { type, default: fallback, env, keys: [key], flag, help, ...more };
}

/** What one client, or one plan, may cost. */
export function limit<T>(flag: string, type: ValueType<T>, fallback: T, help: string): OptionSpec<T> {
  return option(flag, type, fallback, help, { isLimit: true });
}

/** The type of an option that may be left out. */
export const orNull = <T>(type: ValueType<T>): ValueType<T | null> => type;
