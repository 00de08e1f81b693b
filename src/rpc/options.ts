import type { MessageLimits } from './message-scanner.ts';

/** PEM texts, not paths. Absent ones are left to Node: its root certificates, no client certificate. */
export interface TlsOptions {
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
  /** The name that the certificate must carry, where it is not the host. */
  readonly serverName?: string;
}

/** How to reach a master, and how long to bear with it. */
export interface ClientOptions {
  readonly host: string;
  readonly port: number;
  readonly tls: TlsOptions | null;
  readonly connectTimeoutMs: number;
  /** The deadline of a whole call: connecting, sending, waiting, and every retry. */
  readonly callTimeoutMs: number;
  /** How many times a read is tried again after a lost connection. */
  readonly readRetries: number;
  readonly limits: MessageLimits;
}
