import { ClicError } from '../../model/errors.ts';

/** What was read from the store can't be the state that a master wrote. */
export class StoreCorruptError extends ClicError {
  readonly code = 'STORE_CORRUPT';
}
