import { ClicError, NotFoundError } from '../model/errors.ts';

/** The result may be there, and can't be read: no permission, no connection to the storage, or no way to read such a one. */
export class ResultUnreadableError extends ClicError {
  readonly code = 'RESULT_UNREADABLE';
}

/** The result is no text, so it has no lines; its bytes can be copied. */
export class BinaryResultError extends ResultUnreadableError {
  constructor(path: string, format: string | null, hint: string) {
    super(`${path} is ${format === null ? 'binary' : format} data, not text`, { hint });
  }
}

export function resultNotThere(path: string, cause?: unknown): NotFoundError {
  return new NotFoundError(`the result file ${path} is not there`, {
    hint: 'is the storage that the master writes to mounted here?',
    cause,
  });
}

/** For a compressed file that does not hold what it should, or ends too early. */
export function damaged(path: string, reason: string, cause?: unknown): ResultUnreadableError {
  return new ResultUnreadableError(`${path} is damaged or cut short: ${reason}`, {
    hint: 'what was printed of it is not all; has the stage written it to its end?',
    cause,
  });
}
