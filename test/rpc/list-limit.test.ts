import { afterEach, describe, expect, it } from 'vitest';
import { createMasterClient } from '../../src/rpc/connect.ts';
import type { MasterServer } from '../../src/rpc/server.ts';
import { handlersWithTasks } from '../helpers/master-handlers.ts';
import { exchange, startTestServer } from '../helpers/master-server.ts';
import { clientOptions } from '../helpers/peer.ts';
import { recording } from '../helpers/wire.ts';

let server: MasterServer | undefined;
afterEach(() => server?.close());

/** A server that notes the limits with which tasks are listed. */
async function noteLimits(): Promise<(number | null)[]> {
  const limits: (number | null)[] = [];
  server = await startTestServer({
    ...handlersWithTasks([]),
    listTasks: (_, limit) => {
      limits.push(limit);
      return Promise.resolve([]);
    },
  });
  return limits;
}

describe('the limit of a list', () => {
  it('goes from the client to the master, and is null where there is none', async () => {
    const limits = await noteLimits();
    const client = createMasterClient(clientOptions(server!.port));
    await client.listTasks({ limit: 20 });
    await client.listTasks({});
    await client.listTasks();
    client.close();
    expect(limits).toEqual([20, null, null]);
  });

  it('is null for clients that know no limit, and for 0, which Java clients send for none', async () => {
    const limits = await noteLimits();
    const { request } = recording('list-new').exchanges[0]!;
    // Field 1, an i32 of 0, before the STOP that ends the arguments.
    const withZero = `${request.slice(0, -2)}0800010000000000`;
    await exchange(
      server!.port,
      [request, withZero].map((hex) => Buffer.from(hex, 'hex')),
    );
    expect(limits).toEqual([null, null]);
  });
});
