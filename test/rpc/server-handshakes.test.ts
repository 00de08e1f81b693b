import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import tls from 'node:tls';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { createMasterClient } from '../../src/rpc/connect.ts';
import type { TlsOptions } from '../../src/rpc/options.ts';
import { CONNECTION_LIMITS } from '../../src/rpc/limits.ts';
import type { MasterServer } from '../../src/rpc/server.ts';
import { hasOpenssl, makeAuthority } from '../e2e/master/support/certificates.ts';
import { handlersWithTasks } from '../helpers/master-handlers.ts';
import { startTestServer } from '../helpers/master-server.ts';
import { describeWith } from '../helpers/needs.ts';
import { clientOptions } from '../helpers/peer.ts';

const MOST = 5;

describeWith(hasOpenssl() ? null : 'openssl', 'TLS handshakes', () => {
  let folder: string;
  let server: TlsOptions;
  beforeAll(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'clic-handshakes-'));
    const { cert, key } = makeAuthority(folder, 'localhost');
    server = { cert: readFileSync(cert, 'utf8'), key: readFileSync(key, 'utf8') };
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const served = async (): Promise<MasterServer> => {
    const connections = { ...CONNECTION_LIMITS, maxConnections: MOST };
    const master = await startTestServer(handlersWithTasks([]), { tls: server, connections });
    onTestFinished(() => master.close(0));
    return master;
  };

  /** Begins many handshakes and ends none; counts those that are cut off. */
  const begin = (port: number, many: number): { closed: number } => {
    const seen = { closed: 0 };
    for (let i = 0; i < many; i += 1) {
      const socket = net.connect({ host: '127.0.0.1', port });
      socket.on('error', () => undefined).on('close', () => (seen.closed += 1));
      onTestFinished(() => void socket.destroy());
    }
    return seen;
  };

  const secured = async (port: number): Promise<tls.TLSSocket> => {
    const socket = tls.connect({ host: '127.0.0.1', port, rejectUnauthorized: false });
    socket.on('error', () => undefined);
    onTestFinished(() => void socket.destroy());
    await new Promise((done) => socket.once('secureConnect', done));
    return socket;
  };

  it('that are under way count as connections', async () => {
    const { port } = await served();
    const seen = begin(port, 20);
    await expect.poll(() => seen.closed, { timeout: 10_000 }).toBe(20 - MOST);
  });

  it('that were ended give their place to the connection, and do not take another', async () => {
    const { port } = await served();
    const sockets: tls.TLSSocket[] = [];
    for (let i = 0; i < MOST; i += 1) sockets.push(await secured(port));
    const client = createMasterClient(
      clientOptions(port, { tls: { ca: server.cert ?? '', serverName: 'localhost' } }),
    );
    onTestFinished(() => client.close());
    expect(await client.listTasks()).toEqual([]);
    await expect
      .poll(() => sockets.map(({ destroyed }) => destroyed))
      .toEqual([true, false, false, false, false]);
  });

  it('that fail give their place back', async () => {
    const { port } = await served();
    const sockets: tls.TLSSocket[] = [];
    for (let i = 1; i < MOST; i += 1) sockets.push(await secured(port));
    for (let i = 0; i < 3; i += 1) {
      const socket = net.connect({ host: '127.0.0.1', port });
      const ended = new Promise((done) => socket.once('close', done));
      socket
        .on('error', () => undefined)
        .resume()
        .end('not TLS at all');
      await ended;
    }
    await secured(port);
    expect(sockets.map(({ destroyed }) => destroyed)).toEqual([false, false, false, false]);
  });

  it('that are under way are cut off at once when the server closes', async () => {
    const master = await served();
    const seen = begin(master.port, 1);
    // After it: by then the server has seen both.
    const { destroyed } = await secured(master.port);
    expect(destroyed).toBe(false);
    await master.close(3_600_000);
    await expect.poll(() => seen.closed).toBe(1);
  });
});
