/** How a Redis is reached, and what it may be. */
export interface RedisSettings {
  /** `redis://host:port/database`, or `rediss://` for TLS. May hold user and password. */
  readonly url: string;
  /** Goes before the user of the URL. */
  readonly user: string | null;
  /** Read for every connection, so that it may change. */
  readonly passwordFile: string | null;
  readonly tls: RedisTls;
  /** Who is asked where the primary is; the host and port of the URL count for nothing then. */
  readonly sentinels: Sentinels | null;
  /** What all keys begin with. */
  readonly prefix: string;
  /** A server that can lose what it has acknowledged will do. */
  readonly allowVolatile: boolean;
  /** How long finished tasks are kept, in milliseconds. */
  readonly retentionMs: number;
}

/** PEM files, read for every connection. */
export interface RedisTls {
  /** The authorities that the server's certificate is checked with; null: those that Node knows. */
  readonly ca: string | null;
  /** What is shown to a server that demands it. */
  readonly cert: string | null;
  readonly key: string | null;
}

/** Sentinels, which know the primary by a name. */
interface Sentinels {
  readonly primary: string;
  readonly addresses: readonly RedisAddress[];
}

export interface RedisAddress {
  readonly host: string;
  readonly port: number;
}
