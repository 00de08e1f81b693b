import { duration } from '../../config/value-types.ts';
import type { Arguments } from '../command-line/arguments.ts';

/** What `--timeout` says, in milliseconds; null where it was not given: then only the end of the task, or Ctrl-C, ends the wait. @throws UsageError */
export function timeoutOf(args: Arguments): number | null {
  return args.value('timeout', duration) ?? null;
}
