import { readFile } from 'node:fs/promises';
import { createClient, ErrorReply } from '@redis/client';
import { ConfigError, errorMessage, UnreachableError } from '../../../model/errors.ts';
import { checkServer, type Send } from './server-check.ts';
import type { RedisAddress, RedisSettings } from './settings.ts';
import { readRedisTls, tlsHintFor } from './tls.ts';
import { within } from './within.ts';

/** A connection to a server that takes writes and keeps them. */
export interface Connection {
  /** `redis://host:port`, for people. */
  readonly where: string;
  /** A write is durable once WAITAOF says so; where false, once it is answered. */
  readonly waitsForAof: boolean;
  readonly send: Send;
  /** Resolves to why, where it ends by itself. */
  readonly lost: Promise<string>;
  /** What was sent and not answered is rejected. Once more does nothing. */
  destroy(): void;
}

const CONNECT_MS = 5000;
const READY_MS = 10_000;
const DEFAULT_PORT = 6379;

/**
 * Connects to the Redis of the settings, and looks whether it will do.
 * @throws ConfigError the settings, or those of the server, don't do; UnreachableError it can't be reached or is not ready
 */
export async function connect(settings: RedisSettings): Promise<Connection> {
  const { sentinels } = settings;
  const address = sentinels === null ? addressOf(settings.url) : await findPrimary(settings);
  const { send, destroy, where, lost } = await open(settings, address);
  try {
    const checked = checkServer(send, where, settings.allowVolatile);
    const waitsForAof = await within(READY_MS, checked, () => silent(where));
    return { where, waitsForAof, send, lost, destroy };
  } catch (thrown) {
    destroy();
    throw problemOf(where, thrown);
  }
}

/** What an error means to who wants to connect. */
export function problemOf(where: string, thrown: unknown): Error {
  if (thrown instanceof ConfigError || thrown instanceof UnreachableError) return thrown;
  const tlsHint = tlsHintFor(thrown);
  if (tlsHint !== null)
    return new ConfigError(`${where} and clic-master don't agree on TLS: ${reasonOf(thrown)}`, {
      hint: tlsHint,
      cause: thrown,
    });
  const reason = reasonOf(thrown);
  if (/^(?:NOAUTH|WRONGPASS|NOPERM)|^ERR (?:AUTH|Client sent AUTH|DB index)/.test(reason))
    return new ConfigError(`${where} refuses this user: ${reason}`, {
      hint: 'check --redis-user and --redis-password-file, and what the manual says that the user has to be granted',
      cause: thrown,
    });
  const problem = thrown instanceof ErrorReply ? 'takes no writes' : "can't be reached";
  return new UnreachableError(`${where} ${problem}: ${reason}`, {
    hint: 'check --redis-url, and how Redis does',
    cause: thrown,
  });
}

/** Why, in words: what tries several addresses says nothing itself. */
export function reasonOf(thrown: unknown): string {
  return thrown instanceof AggregateError && thrown.errors.length > 0
    ? errorMessage(thrown.errors[0])
    : errorMessage(thrown);
}

function silent(where: string): UnreachableError {
  return new UnreachableError(`${where} does not answer`);
}

function addressOf(url: string): RedisAddress {
  const { hostname, port } = new URL(url);
  return { host: hostname.replace(/^\[(.*)\]$/, '$1'), port: port === '' ? DEFAULT_PORT : Number(port) };
}

/** Asks the sentinels, one after the other. */
async function findPrimary(settings: RedisSettings): Promise<RedisAddress> {
  const { primary, addresses } = settings.sentinels ?? { primary: '', addresses: [] };
  const problems: string[] = [];
  for (const address of addresses) {
    try {
      const { send, destroy, where } = await open({ ...settings, isSentinel: true }, address);
      try {
        const asked = send('SENTINEL', 'GET-MASTER-ADDR-BY-NAME', primary);
        const answer: unknown = await within(READY_MS, asked, () => silent(where));
        if (Array.isArray(answer)) return { host: String(answer[0]), port: Number(answer[1]) };
        problems.push(`${where} knows no primary ${JSON.stringify(primary)}`);
      } finally {
        destroy();
      }
    } catch (thrown) {
      problems.push(reasonOf(thrown));
    }
  }
  throw new UnreachableError(`no sentinel tells where the primary ${primary} is: ${problems.join('; ')}`, {
    hint: 'check --redis-sentinel',
  });
}

type Opened = Omit<Connection, 'waitsForAof'>;

async function open(
  settings: RedisSettings & { readonly isSentinel?: true },
  { host, port }: RedisAddress,
): Promise<Opened> {
  const url = new URL(settings.url);
  const isTls = url.protocol === 'rediss:';
  const where = `${url.protocol}//${host.includes(':') ? `[${host}]` : host}:${port}`;
  const common = { host, port, connectTimeout: CONNECT_MS, reconnectStrategy: false } as const;
  const client = createClient({
    socket: isTls ? { ...common, tls: true, ...(await readRedisTls(settings.tls)) } : common,
    ...(settings.isSentinel === true ? {} : await credentials(settings, url)),
    // Only what a user has to be granted is sent.
    RESP: 2,
    disableClientInfo: true,
    maintNotifications: 'disabled',
  });
  const lost = new Promise<string>((resolve) => {
    client.on('error', (error: unknown) => resolve(`${where} can't be reached: ${reasonOf(error)}`));
  });
  const destroy = (): void => client.destroy();
  try {
    await within(READY_MS, client.connect(), () => silent(where));
  } catch (thrown) {
    destroy();
    throw problemOf(where, thrown);
  }
  return { where, lost, destroy, send: (...command) => client.sendCommand<unknown>(command) };
}

interface Credentials {
  readonly username?: string;
  readonly password?: string;
  readonly database?: number;
}

async function credentials(settings: RedisSettings, url: URL): Promise<Credentials> {
  const username = settings.user ?? decodeURIComponent(url.username);
  const password =
    settings.passwordFile === null
      ? decodeURIComponent(url.password)
      : (await secret(settings.passwordFile)).replace(/\r?\n$/, '');
  const database = Number(url.pathname.slice(1));
  return {
    ...(username === '' ? {} : { username }),
    ...(password === '' ? {} : { password }),
    ...(database === 0 ? {} : { database }),
  };
}

/** @throws ConfigError */
function secret(file: string): Promise<string> {
  return readFile(file, 'utf8').catch((thrown: unknown) => {
    throw new ConfigError(`${file}, which is to be read for Redis, can't be read: ${errorMessage(thrown)}`, {
      cause: thrown,
    });
  });
}

/** True for what the server refuses for now: its disk or memory is full, it loads, it is a replica, the password changes. */
export function isPassing(thrown: unknown): boolean {
  return (
    !(thrown instanceof ErrorReply) ||
    /^(?:MISCONF|OOM|READONLY|LOADING|MASTERDOWN|NOREPLICAS|BUSY|NOAUTH|WRONGPASS|NOPERM|TRYAGAIN|UNKILLABLE)\b/.test(
      thrown.message,
    )
  );
}
