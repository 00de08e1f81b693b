import net from 'node:net';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import type { MasterHandlers } from '../helpers/master-handlers.ts';
import { CONNECTION_LIMITS } from '../../src/rpc/limits.ts';
import type { MasterServer } from '../../src/rpc/server.ts';
import { createMasterClient } from '../../src/rpc/connect.ts';
import { handlersWithTasks } from '../helpers/master-handlers.ts';
import { startTestServer } from '../helpers/master-server.ts';
import { clientOptions } from '../helpers/peer.ts';
import { startProxy, type Proxy } from '../helpers/proxy.ts';

const MOST = 5;

async function serverOf(handlers: MasterHandlers): Promise<MasterServer> {
  const server = await startTestServer(handlers, {
    connections: { ...CONNECTION_LIMITS, maxConnections: MOST },
  });
  onTestFinished(() => server.close());
  return server;
}

describe('the limit of connections', () => {
  it('holds when many come at once', async () => {
    const { port } = await serverOf(handlersWithTasks([]));
    let closed = 0;
    const sockets = Array.from({ length: 50 }, () =>
      net
        .connect({ host: '127.0.0.1', port })
        .on('error', () => undefined)
        .on('close', () => (closed += 1)),
    );
    await expect.poll(() => closed, { timeout: 5_000 }).toBe(50 - MOST);
    for (const socket of sockets) socket.destroy();
  });

  it('turns away who comes while all others are answered, and lets none of them down', async () => {
    const waiting: (() => void)[] = [];
    const { port } = await serverOf({
      ...handlersWithTasks([]),
      submitPlan: () => new Promise((resolve) => waiting.push(resolve)),
    });
    const clients = Array.from({ length: MOST }, () => createMasterClient(clientOptions(port)));
    const submissions = clients.map((client) => client.submitPlan('plan', '/plan.yaml'));
    await expect.poll(() => waiting.length).toBe(MOST);

    const late = createMasterClient(clientOptions(port));
    await expect(late.listTasks()).rejects.toMatchObject({ code: 'UNREACHABLE' });
    for (const answer of waiting) answer();
    await Promise.all(submissions);
    expect(await late.listTasks()).toEqual([]);
    for (const client of [...clients, late]) client.close();
  });
});

describe('requests that come before the master is ready', () => {
  let server: MasterServer;
  let proxy: Proxy;
  let settle: { ready: (handlers: MasterHandlers) => void; fail: (error: Error) => void };
  beforeEach(async () => {
    server = await startTestServer(
      new Promise((ready, fail) => {
        settle = { ready, fail };
      }),
    );
    proxy = await startProxy(server.port);
  });
  afterEach(async () => {
    await proxy.close();
    await server.close();
  });

  const asked = async () => {
    const client = createMasterClient(clientOptions(proxy.port));
    onTestFinished(() => client.close());
    const answer = client.listTasks();
    await expect.poll(() => proxy.received).toHaveLength(1);
    return { answer };
  };

  it('are answered when it is', async () => {
    const { answer } = await asked();
    settle.ready(handlersWithTasks([]));
    expect(await answer).toEqual([]);
  });

  it('are cut off when it never will be', async () => {
    const { answer } = await asked();
    settle.fail(new Error('no state'));
    await expect(answer).rejects.toMatchObject({ code: 'UNREACHABLE' });
  });
});

describe('a server that can not listen', () => {
  it.each([
    ['192.0.2.1', 'the address is not of this machine', '--host'],
    ['no-such-host.invalid', '', '--host'],
  ])('says of the address %s what would help', async (host, reason, hint) => {
    await expect(startTestServer(handlersWithTasks([]), { host })).rejects.toMatchObject({
      code: 'CONFIG',
      message: expect.stringContaining(reason) as string,
      hint: expect.stringContaining(hint) as string,
    });
  });

  it('says of a port that is in use what would help', async () => {
    const { port } = await serverOf(handlersWithTasks([]));
    await expect(startTestServer(handlersWithTasks([]), { port })).rejects.toMatchObject({
      code: 'CONFIG',
      hint: expect.stringContaining('--port 0') as string,
    });
  });
});
