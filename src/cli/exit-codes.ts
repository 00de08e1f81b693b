import { ClicError, InterruptedError } from '../model/errors.ts';

/** One exit status, and what it tells a script. */
export interface ExitCode {
  readonly exit: number;
  /** The `code` of each error that ends with it. */
  readonly codes: readonly string[];
  readonly meaning: string;
}

/** The one place where errors become exit statuses; `clic help exit-codes` prints it. */
export const EXIT_CODES: readonly ExitCode[] = [
  { exit: 0, codes: [], meaning: 'done' },
  {
    exit: 1,
    codes: ['REFUSED', 'RESULT_UNREADABLE', 'OUTPUT', 'INTERNAL'],
    meaning:
      'the master refused or failed (suspend, continue: it said no), a result or file could not be read or written, or the stage whose result is wanted will never run',
  },
  {
    exit: 2,
    codes: ['USAGE', 'CONFIG', 'PLAN_INVALID'],
    // Where there is no plan at the path that was typed, the input is wrong, as with a plan that is wrong: a script mends its
    // call. It is the same for lint, which may look at many, for submit, and where only the master looks (--no-lint).
    meaning:
      'the command line, the configuration or the plan is not valid, or the plan is not there; nothing was stored or changed',
  },
  {
    exit: 3,
    codes: ['TASK_FAILED'],
    meaning: 'the task that was waited for has failed, or has ended without a stage',
  },
  { exit: 4, codes: ['NOT_FOUND'], meaning: 'there is no such task, stage or result' },
  { exit: 5, codes: ['RESULT_NOT_READY'], meaning: 'the stage has not completed, so it has no result yet' },
  {
    exit: 6,
    codes: ['UNREACHABLE', 'PROTOCOL'],
    meaning: "the master can't be reached, or does not speak the protocol",
  },
  {
    exit: 7,
    codes: ['OUTCOME_UNKNOWN'],
    meaning: "a change was sent, and it can't be told whether it was carried out, or which task it made",
  },
  { exit: 124, codes: ['WAIT_TIMEOUT'], meaning: 'the time given for waiting is over' },
  { exit: 130, codes: ['INTERRUPTED'], meaning: 'interrupted with Ctrl-C (SIGINT)' },
  { exit: 143, codes: ['INTERRUPTED'], meaning: 'told to stop (SIGTERM)' },
];

const BY_CODE = new Map(EXIT_CODES.flatMap(({ exit, codes }) => codes.map((code) => [code, exit] as const)));

/** The exit status for whatever a command threw. */
export function exitCodeOf(error: unknown): number {
  if (error instanceof InterruptedError) return error.signal === 'SIGTERM' ? 143 : 130;
  return (error instanceof ClicError ? BY_CODE.get(error.code) : undefined) ?? 1;
}
