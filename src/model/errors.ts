/**
 * The errors that users meet. Callers tell them apart by class or `code`, never by message text; each
 * says in `message` what happened and to what, and in `hint` what to do next.
 */
export abstract class ClicError extends Error {
  /** Stable, machine-readable: part of the JSON that is printed for a failed command. */
  abstract readonly code: string;
  readonly hint: string | undefined;

  constructor(message: string, options: { hint?: string | undefined; cause?: unknown } = {}) {
    super(message, 'cause' in options ? { cause: options.cause } : undefined);
    this.name = new.target.name;
    this.hint = options.hint;
  }
}

/** The command line can't be understood. Nothing was sent. */
export class UsageError extends ClicError {
  readonly code = 'USAGE';
}

/** A value of the configuration is missing or wrong; the message names file, line and key. */
export class ConfigError extends ClicError {
  readonly code = 'CONFIG';
}

/** The master answered, and said no, or failed at it. */
export class RefusedError extends ClicError {
  readonly code = 'REFUSED';
}

/** A task that was waited for has failed. */
export class TaskFailedError extends ClicError {
  readonly code = 'TASK_FAILED';
}

/** There is no such task, stage, file or result. */
export class NotFoundError extends ClicError {
  readonly code = 'NOT_FOUND';
}

/** The stage has not completed, so its result can't be read yet. */
export class ResultNotReadyError extends ClicError {
  readonly code = 'RESULT_NOT_READY';
}

/** No connection to the master, or it was lost, or no answer came in time. */
export class UnreachableError extends ClicError {
  readonly code = 'UNREACHABLE';
}

/** Something answered that does not speak the protocol. */
export class ProtocolError extends ClicError {
  readonly code = 'PROTOCOL';
}

/** A request that changes something was sent, and it can't be told whether it was carried out. */
export class OutcomeUnknownError extends ClicError {
  readonly code = 'OUTCOME_UNKNOWN';
}

/** The time that the user gave for waiting is over. */
export class WaitTimeoutError extends ClicError {
  readonly code = 'WAIT_TIMEOUT';
}

/** The user or the system asked the program to stop. */
export class InterruptedError extends ClicError {
  readonly code = 'INTERRUPTED';
  readonly signal: 'SIGINT' | 'SIGTERM';

  constructor(signal: 'SIGINT' | 'SIGTERM', message: string, options: { hint?: string | undefined } = {}) {
    super(message, options);
    this.signal = signal;
  }
}

/** Text for a value that was thrown, whatever it is. */
export function errorMessage(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}

/** The code of a Node system error ("ENOENT", "ECONNREFUSED"…), or undefined. */
export function systemErrorCode(thrown: unknown): string | undefined {
  return thrown instanceof Error && 'code' in thrown && typeof thrown.code === 'string'
    ? thrown.code
    : undefined;
}
