import { ClicError } from '../../model/errors.ts';
import { type Json, textOf } from './json.ts';

/** What fails for a time only: too many requests, a server that is starting, or can't reach its storage. */
const TRANSIENT = new Set([401, 408, 425, 429]);

/** The API server has answered, and not done what was asked. */
export class ApiError extends ClicError {
  readonly code = 'API_REFUSED';
  readonly status: number;
  /** Kubernetes' word for why, such as `AlreadyExists`. */
  readonly reason: string | null;
  /** How long the server wants to be left alone, in milliseconds. */
  readonly retryAfterMs: number | null;

  constructor(
    status: number,
    answer: Json,
    more: { readonly what: string; readonly retryAfterMs: number | null },
  ) {
    super(textOf(answer['message']) ?? `${more.what}: status ${status}`);
    this.status = status;
    this.reason = textOf(answer['reason']);
    this.retryAfterMs = more.retryAfterMs;
  }
}

/** The API server did not answer, or not to the end, or with something that it never says. */
export class UnreachableApiError extends ClicError {
  readonly code = 'API_UNREACHABLE';
}

/** True where the same request may well succeed later: credentials are replaced, too, so a refused one may be. */
export function isTransient(error: unknown): boolean {
  if (error instanceof ApiError) return error.status >= 500 || TRANSIENT.has(error.status);
  return error instanceof UnreachableApiError;
}
