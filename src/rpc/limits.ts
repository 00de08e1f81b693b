import { ProtocolError } from '../model/errors.ts';

/** How large a message may be. A peer that goes over one of these is not served further. */
export interface MessageLimits {
  readonly maxMessageBytes: number;
  readonly maxStringBytes: number;
  /** Entries of one list, set or map. */
  readonly maxContainerSize: number;
  /** Structs and containers inside each other. */
  readonly maxDepth: number;
}

/** For a client: a list of a million tasks fits. */
export const DEFAULT_LIMITS: MessageLimits = {
  maxMessageBytes: 256 * 1024 * 1024,
  maxStringBytes: 16 * 1024 * 1024,
  maxContainerSize: 5_000_000,
  maxDepth: 32,
};

/** For a server: requests are a name and a path; a plan with long names stays far below. */
export const SERVER_LIMITS: MessageLimits = {
  maxMessageBytes: 4 * 1024 * 1024,
  maxStringBytes: 1024 * 1024,
  maxContainerSize: 100_000,
  maxDepth: 16,
};

/** What a server bears of its connections. */
export interface ConnectionLimits {
  /** When one more comes, the one that was idle longest has to go; where none is idle, the new one. */
  readonly maxConnections: number;
  /** From the first byte of a request to its last. */
  readonly requestTimeoutMs: number;
  /** Between requests. */
  readonly idleTimeoutMs: number;
  /** For a client to take an answer. */
  readonly writeTimeoutMs: number;
}

export const CONNECTION_LIMITS: ConnectionLimits = {
  maxConnections: 1024,
  requestTimeoutMs: 30_000,
  idleTimeoutMs: 10 * 60_000,
  writeTimeoutMs: 60_000,
};

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
