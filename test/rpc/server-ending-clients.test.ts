import net from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { CONNECTION_LIMITS } from '../../src/rpc/limits.ts';
import type { ServerOptions } from '../../src/rpc/options.ts';
import type { MasterServer } from '../../src/rpc/server.ts';
import { handlersWithTasks, manyTasks, type MasterHandlers } from '../helpers/master-handlers.ts';
import { exchange, startTestServer } from '../helpers/master-server.ts';
import { recording } from '../helpers/wire.ts';

const LIST = Buffer.from(recording('list-new').exchanges[0]!.request, 'hex');

async function serve(
  handlers: MasterHandlers | Promise<MasterHandlers>,
  changes: Partial<ServerOptions>,
): Promise<MasterServer> {
  const server = await startTestServer(handlers, changes);
  onTestFinished(() => server.close(0));
  return server;
}

/** A connection that never reads. */
async function deaf(port: number): Promise<net.Socket> {
  const socket = net.connect({ host: '127.0.0.1', port });
  onTestFinished(() => void socket.destroy());
  socket.on('error', () => undefined).pause();
  await new Promise((connected) => socket.once('connect', connected));
  return socket;
}

it('a request of a client that has gone before the master was ready is not carried out', async () => {
  let calls = 0;
  let ready: (handlers: MasterHandlers) => void = () => undefined;
  const late = new Promise<MasterHandlers>((resolve) => {
    ready = resolve;
  });
  let closed: () => void = () => undefined;
  const gone = new Promise<void>((resolve) => {
    closed = resolve;
  });
  const { port } = await serve(late, { onSessionClosed: (id) => (id === 1 ? closed() : undefined) });
  const socket = await deaf(port);
  socket.write(LIST);
  // What was sent after it has arrived as well.
  const other = await deaf(port);
  other.resume().write('no Thrift');
  await new Promise((ended) => other.once('close', ended));
  socket.resetAndDestroy();
  await gone;
  const count = (): [] => {
    calls += 1;
    return [];
  };
  ready({ ...handlersWithTasks([]), listTasks: count });
  await exchange(port, [LIST]);
  expect(calls).toBe(1);
});

it('a client that half-closes and does not take its last answer is cut off in time', async () => {
  const closed = new Set<number>();
  const asked = new Map<number, number>();
  // Below what the system's buffers, and the one of the stream, hold.
  const tasks = manyTasks(1).map((task) => ({ ...task, planName: 'x'.repeat(15_000) }));
  const { port } = await serve(
    {
      ...handlersWithTasks(tasks),
      listTasks: ({ id }) => {
        asked.set(id, (asked.get(id) ?? 0) + 1);
        return tasks;
      },
    },
    {
      connections: { ...CONNECTION_LIMITS, writeTimeoutMs: 300 },
      onSessionClosed: (id) => void closed.add(id),
    },
  );
  // One that takes nothing shows how many answers fit, the last of which was waited for.
  const first = await deaf(port);
  first.write(Buffer.concat(Array<Buffer>(5_000).fill(LIST)));
  await expect.poll(() => closed.has(1), { timeout: 10_000 }).toBe(true);
  const fits = asked.get(1)!;
  // For one of these, the last answer stays in the stream without being waited for.
  for (const count of [fits - 3, fits - 2, fits - 1, fits]) {
    const socket = await deaf(port);
    socket.end(Buffer.concat(Array<Buffer>(count).fill(LIST)));
  }
  await expect.poll(() => [...closed].length, { timeout: 10_000 }).toBe(5);
});
