import net from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { BufferBudget, type Held } from '../../src/rpc/buffer-budget.ts';
import { createMasterClient } from '../../src/rpc/connect.ts';
import { handlersWithTasks } from '../helpers/master-handlers.ts';
import { startTestServer } from '../helpers/master-server.ts';
import { clientOptions } from '../helpers/peer.ts';

const MIB = 1024 * 1024;

/** The first bytes of a request that declares an argument of `size` bytes, and then so many of them. */
function halfOf(name: string, size: number, sent: number): Buffer {
  const head = Buffer.alloc(8 + name.length + 4 + 3 + 4);
  head.writeUInt32BE(0x80010001, 0);
  head.writeInt32BE(name.length, 4);
  head.write(name, 8);
  head[head.length - 7] = 11;
  head.writeInt16BE(1, head.length - 6);
  head.writeInt32BE(size, head.length - 4);
  return Buffer.concat([head, Buffer.alloc(sent, 'a')]);
}

const memory = (): number => process.memoryUsage().external;

describe('what all connections keep in memory', () => {
  it('stays under its bound when 300 clients send half a request of 4 MB each, and others are served', async () => {
    const troubles: string[] = [];
    const server = await startTestServer(handlersWithTasks([]), {
      limits: { maxMessageBytes: 4 * MIB, maxStringBytes: 4 * MIB, maxContainerSize: 100, maxDepth: 16 },
      maxBufferedBytes: 32 * MIB,
      onLimit: (message) => troubles.push(message),
    });
    onTestFinished(() => server.close(0));
    const before = memory();
    const half = halfOf('TaskService:getTaskInfo', 4_000_000, 2_000_000);
    let open = 300;
    let most = 0;
    for (let i = 0; i < 300; i += 1) {
      const socket = net.connect({ host: '127.0.0.1', port: server.port });
      onTestFinished(() => void socket.destroy());
      socket.on('error', () => undefined).on('close', () => (open -= 1));
      await new Promise((sent) => socket.write(half, sent));
      most = Math.max(most, memory() - before);
    }
    const client = createMasterClient(clientOptions(server.port));
    onTestFinished(() => client.close());
    expect(await client.listTasks()).toEqual([]);
    // A request of 2 MB takes up to 4 MB while it grows: at least 8 fit, and no more than 16.
    await expect.poll(() => open, { timeout: 20_000 }).toBeLessThanOrEqual(16);
    expect(open).toBeGreaterThanOrEqual(7);
    expect(troubles).toContain('a connection was ended: --max-buffered-bytes is used up');
    // What was let go of is freed when the engine comes to it; all of it together would be 600 MB and more.
    expect(most).toBeLessThan(300 * MIB);
  });

  it('is cut where there is most of: at the largest, and of equals at the first', () => {
    const ended: string[] = [];
    const budget = new BufferBudget(100, () => undefined);
    const holder = (name: string) => ({ destroy: () => void ended.push(name) });
    const [a, b, c, d] = [holder('a'), holder('b'), holder('c'), holder('d')];
    const requests = (bytes: number): Held => ({ requests: bytes, replies: 0 });
    budget.set(a, requests(40));
    budget.set(b, requests(40));
    budget.set(c, { requests: 0, replies: 15 });
    expect({ ended, total: budget.total }).toEqual({ ended: [], total: 95 });
    budget.set(b, requests(39));
    budget.set(b, requests(40));
    budget.set(d, requests(10));
    expect({ ended, total: budget.total }).toEqual({ ended: ['a'], total: 65 });
    budget.set(c, { requests: 0, replies: 70 });
    expect({ ended, total: budget.total }).toEqual({ ended: ['a', 'c'], total: 50 });
    budget.set(b, requests(0));
    expect(budget.total).toBe(10);
  });
});
