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

export const DURABLE = ['--appendonly', 'yes', '--appendfsync', 'always'] as const;

/** A Redis of a test, on a port of its own. */
export class RedisServer {
  readonly folder: string;
  port = 0;
  #child: ChildProcess | null = null;

  /** @param folder where its data goes; a new one by default. It goes with the server */
  constructor(folder: string = mkdtempSync(join(tmpdir(), 'clic-redis-'))) {
    this.folder = folder;
    mkdirSync(folder, { recursive: true });
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
    const words = [
      '--port',
      String(this.port),
      '--bind',
      '127.0.0.1',
      '--dir',
      this.folder,
      '--save',
      '',
      ...args,
    ];
    const child = spawn('redis-server', words, { stdio: ['ignore', 'pipe', 'inherit'] });
    this.#child = child;
    await new Promise<void>((resolve, reject) => {
      let said = '';
      child.once('exit', () => reject(new Error(`redis-server ended: ${said}`)));
      child.stdout.setEncoding('utf8').on('data', (text: string) => {
        said += text;
        if (/Ready to accept connections/.test(said)) resolve();
      });
    });
  }

  async kill(signal: 'SIGKILL' | 'SIGTERM' = 'SIGKILL'): Promise<void> {
    const child = this.#child;
    this.#child = null;
    if (child === null || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill(signal);
    await ended;
  }

  async remove(): Promise<void> {
    await this.kill();
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** What a command answers. */
  async ask(...command: readonly string[]): Promise<unknown> {
    const client = createClient({ url: this.url, RESP: 2 });
    client.on('error', () => undefined);
    await client.connect();
    try {
      return await client.sendCommand<unknown>(command);
    } finally {
      client.destroy();
    }
  }
}

/** A Redis that runs until the test ends. */
export async function startRedis(args?: readonly string[]): Promise<RedisServer> {
  const server = new RedisServer();
  onTestFinished(() => server.remove());
  await server.start(args);
  return server;
}

export function redisSettings(url: string, fields: Partial<RedisSettings> = {}): RedisSettings {
  return {
    url,
    user: null,
    passwordFile: null,
    caFile: null,
    sentinels: null,
    prefix: 'clic:',
    allowVolatile: false,
    retentionMs: 30 * 24 * 60 * 60 * 1000,
    ...fields,
  };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
