import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient } from '@redis/client';
import { onTestFinished } from 'vitest';
import type { RedisSettings } from '../../src/master/store/redis/settings.ts';
import { works } from './needs.ts';

/** What keeps this machine from running a Redis, for describeWith. */
export const noRedis = works('redis-server', '--version') ? null : 'redis-server';

/** A Valkey: as no Redis of Debian 12, it has WAITAOF. test/helpers/valkey.sh fetches one and tells where it is. */
const VALKEY = process.env['CLIC_TEST_VALKEY'] ?? 'valkey-server';

export const noValkey = works(VALKEY, '--version') ? null : 'valkey-server (CLIC_TEST_VALKEY)';

export const DURABLE = ['--appendonly', 'yes', '--appendfsync', 'always'] as const;

/** Durable by WAITAOF alone. */
export const EVERY_SECOND = ['--appendonly', 'yes', '--appendfsync', 'everysec'] as const;

/** A Redis of a test, on a port of its own. */
export class RedisServer {
  readonly folder: string;
  port = 0;
  readonly #program: string;
  #child: ChildProcess | null = null;

  /** @param folder where its data goes; a new one by default. It goes with the server */
  constructor({ folder, kind }: { readonly folder?: string; readonly kind?: 'redis' | 'valkey' } = {}) {
    this.folder = folder ?? mkdtempSync(join(tmpdir(), 'clic-redis-'));
    this.#program = kind === 'valkey' ? VALKEY : 'redis-server';
    mkdirSync(this.folder, { recursive: true });
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  get pid(): number {
    return this.#child?.pid ?? 0;
  }

  /** Starts it, on the port that it had before. Resolves when it takes connections. */
  async start(args: readonly string[] = DURABLE): Promise<void> {
    if (this.port === 0) this.port = await freePort();
    const port = String(this.port);
    const words = ['--port', port, '--bind', '127.0.0.1', '--dir', this.folder, '--save', '', ...args];
    this.#child = await startServer(this.#program, words, /Ready to accept connections/);
  }

  async kill(signal: 'SIGKILL' | 'SIGTERM' = 'SIGKILL'): Promise<void> {
    const child = this.#child;
    this.#child = null;
    if (child !== null) await endServer(child, signal);
  }

  async remove(): Promise<void> {
    await this.kill();
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** What a command answers. */
  ask(...command: readonly string[]): Promise<unknown> {
    return ask(this.port, ...command);
  }
}

/** What a server on this machine answers. */
async function ask(port: number, ...command: readonly string[]): Promise<unknown> {
  const client = createClient({ url: `redis://127.0.0.1:${port}`, RESP: 2 });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return await client.sendCommand<unknown>(command);
  } finally {
    client.destroy();
  }
}

/** Resolves when it has said that it is ready. */
async function startServer(program: string, words: readonly string[], ready: RegExp): Promise<ChildProcess> {
  const child = spawn(program, words, { stdio: ['ignore', 'pipe', 'inherit'] });
  await new Promise<void>((resolve, reject) => {
    let said = '';
    child.once('error', reject).once('exit', () => reject(new Error(`${program} ended: ${said}`)));
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      said += text;
      if (ready.test(said)) resolve();
    });
  });
  return child;
}

async function endServer(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill(signal);
  await ended;
}

/** A Redis that runs until the test ends. */
export async function startRedis(
  args?: readonly string[],
  where: ConstructorParameters<typeof RedisServer>[0] = {},
): Promise<RedisServer> {
  const server = new RedisServer(where);
  onTestFinished(() => server.remove());
  await server.start(args);
  return server;
}

export function redisSettings(url: string, fields: Partial<RedisSettings> = {}): RedisSettings {
  return {
    url,
    user: null,
    passwordFile: null,
    tls: { ca: null, cert: null, key: null },
    sentinels: null,
    prefix: 'clic:',
    allowVolatile: false,
    retentionMs: 30 * 24 * 60 * 60 * 1000,
    ...fields,
  };
}

export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
