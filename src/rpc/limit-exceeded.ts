import { ProtocolError } from '../model/errors.ts';
import type { MessageLimits } from './message-scanner.ts';

/** A message is over one of the limits of whoever receives it, which may be raised there. */
export class LimitExceededError extends ProtocolError {
  readonly limit: keyof MessageLimits;

  constructor(limit: keyof MessageLimits, message: string) {
    super(message);
    this.limit = limit;
  }
}

/** The option of clic that raises a limit. */
export const CLIENT_OPTIONS: Readonly<Record<keyof MessageLimits, string>> = {
  maxMessageBytes: '--max-reply-bytes',
  maxStringBytes: '--max-string-bytes',
  maxContainerSize: '--max-container-size',
  maxDepth: '--max-depth',
};

/** The option of clic-master that raises a limit. */
export const SERVER_OPTIONS: Readonly<Record<keyof MessageLimits, string>> = {
  ...CLIENT_OPTIONS,
  maxMessageBytes: '--max-request-bytes',
};
