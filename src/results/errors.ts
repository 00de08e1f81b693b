import { ClicError, NotFoundError } from '../model/errors.ts';

/** The result may be there, and can't be read: no permission, no connection to the storage, or no way to read such a one. */
export class ResultUnreadableError extends ClicError {
  readonly code = 'RESULT_UNREADABLE';
}

export function resultNotThere(path: string, cause?: unknown): NotFoundError {
  return new NotFoundError(`the result file ${path} is not there`, {
    hint: 'is the storage that the master writes to mounted here?',
    cause,
  });
}
