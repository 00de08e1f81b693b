import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createMasterClient } from '../../src/rpc/connect.ts';
import type { MasterServer } from '../../src/rpc/server.ts';
import { handlersWithTasks, manyTasks } from '../helpers/master-handlers.ts';
import { startTestServer } from '../helpers/master-server.ts';
import { clientOptions, startPeer } from '../helpers/peer.ts';
import { startProxy } from '../helpers/proxy.ts';

const [task] = manyTasks(1).map(({ name }) => name);
let server: MasterServer;
/** Suspensions that wait for their answer. */
const suspending: ((answer: boolean) => void)[] = [];
beforeAll(async () => {
  server = await startTestServer({
    ...handlersWithTasks(manyTasks(1)),
    suspendStage: () => new Promise((resolve) => suspending.push(resolve)),
  });
});
afterAll(() => server.close());

describe('the connections of a client', () => {
  it('are one for calls that begin at once', async () => {
    const proxy = await startProxy(server.port);
    const client = createMasterClient(clientOptions(proxy.port));
    await Promise.all([client.listTasks(), client.task(task ?? ''), client.listTasks()]);
    await client.listTasks();
    client.close();
    await proxy.close();
    expect(proxy.connections).toBe(1);
  });

  it('are not ended by a change while another is under way', async () => {
    const client = createMasterClient(clientOptions(server.port));
    const first = client.suspendStage('first');
    await expect.poll(() => suspending.length).toBe(1);
    // It takes a connection of its own.
    const second = client.suspendStage('second');
    await expect.poll(() => suspending.length).toBe(2);
    for (const answer of suspending.splice(0)) answer(true);
    expect(await Promise.all([first, second])).toEqual([true, true]);
    client.close();
  });

  it('end with the client, also where an answer is waited for', async () => {
    const client = createMasterClient(clientOptions(server.port));
    const first = client.suspendStage('first');
    await expect.poll(() => suspending.length).toBe(1);
    const second = client.suspendStage('second');
    await expect.poll(() => suspending.length).toBe(2);
    client.close();
    await expect(first).rejects.toMatchObject({ code: 'OUTCOME_UNKNOWN' });
    await expect(second).rejects.toMatchObject({ code: 'OUTCOME_UNKNOWN' });
    for (const answer of suspending.splice(0)) answer(false);
  });

  it('are not made when the client is closed while TLS is loaded', async () => {
    const peer = await startPeer((socket) => socket.on('end', () => socket.end()));
    const client = createMasterClient(clientOptions(peer.port, { tls: {} }));
    const asked = client.listTasks();
    client.close();
    await expect(asked).rejects.toMatchObject({ code: 'UNREACHABLE' });
    await expect(client.listTasks()).rejects.toMatchObject({ code: 'UNREACHABLE' });
    expect(peer.connections).toBe(0);
    await peer.close();
  });

  it('are closed when the client is while they are made', async () => {
    const peer = await startPeer((socket) => socket.on('end', () => socket.end()));
    const client = createMasterClient(clientOptions(peer.port, { tls: {}, connectTimeoutMs: 60_000 }));
    const asked = client.listTasks();
    await expect.poll(() => peer.open).toBe(1);
    client.close();
    await expect(asked).rejects.toMatchObject({ code: 'UNREACHABLE' });
    await expect.poll(() => peer.open).toBe(0);
    await peer.close();
  });

  it('are not waited for any more when the client is closed between two tries', async () => {
    const peer = await startPeer((socket) => socket.destroy());
    // The wait ends by nothing but the closing.
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    try {
      const client = createMasterClient(clientOptions(peer.port, { readRetries: 1 }));
      const asked = client.listTasks();
      await expect.poll(() => [peer.connections, peer.open, vi.getTimerCount()]).toEqual([1, 0, 1]);
      client.close();
      await expect(asked).rejects.toMatchObject({ code: 'UNREACHABLE' });
      expect(vi.getTimerCount()).toBe(0);
    } finally {
      vi.useRealTimers();
    }
    await peer.close();
  });
});
