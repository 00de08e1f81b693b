import type { ConnectionLimits, MessageLimits } from './limits.ts';

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

/** What a server of the protocol listens on, bears, and tells of. */
export interface ServerOptions {
  readonly host: string;
  /** 0 picks a free one. */
  readonly port: number;
  /** With `ca`, only clients that show a certificate of it are served. */
  readonly tls: TlsOptions | null;
  readonly limits: MessageLimits;
  readonly connections: ConnectionLimits;
  /** What all connections together may keep of half-read requests and of answers that are not taken; 256 MiB unless given. */
  readonly maxBufferedBytes?: number | undefined;
  /** For the log: what a client did wrong, or what failed for it. */
  readonly onTrouble: (message: string, error: unknown) => void;
  /** For the log as well: a limit that was hit; `message` is the same for each limit, and names the option that raises it. */
  readonly onLimit: (message: string, error: unknown) => void;
  readonly onSessionClosed: (sessionId: number) => void;
}
