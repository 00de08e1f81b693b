import net from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { createMasterClient } from '../../src/rpc/connect.ts';
import { DEFAULT_LIMITS } from '../../src/rpc/limits.ts';
import { MessageScanner } from '../../src/rpc/message-scanner.ts';
import { handlersWithTasks } from '../helpers/master-handlers.ts';
import { startTestServer } from '../helpers/master-server.ts';
import { clientOptions } from '../helpers/peer.ts';

const MIB = 1024 * 1024;
const REQUESTS = 1_000;

/** A call of getTaskInfo with a name of 32 KiB. */
function largeRequest(): Buffer {
  const method = 'TaskService:getTaskInfo';
  const name = Buffer.alloc(32 * 1024, 'a');
  const head = Buffer.alloc(8 + method.length + 4 + 3 + 4);
  head.writeUInt32BE(0x80010001, 0);
  head.writeInt32BE(method.length, 4);
  head.write(method, 8);
  head[head.length - 7] = 11;
  head.writeInt16BE(1, head.length - 6);
  head.writeInt32BE(name.length, head.length - 4);
  return Buffer.concat([head, name, Buffer.from([0])]);
}

it('a server reads no more of a client whose requests wait, and answers all of them in the end', async () => {
  let answer = (): void => undefined;
  const released = new Promise<void>((resolve) => (answer = resolve));
  const server = await startTestServer(
    { ...handlersWithTasks([]), task: () => released.then(() => null) },
    // Far less than the requests together: a server that went on reading would end the connection.
    { maxBufferedBytes: 8 * MIB },
  );
  onTestFinished(() => server.close(0));
  const other = createMasterClient(clientOptions(server.port));
  onTestFinished(() => other.close());

  const socket = net.connect({ host: '127.0.0.1', port: server.port });
  onTestFinished(() => void socket.destroy());
  const scanner = new MessageScanner(DEFAULT_LIMITS);
  let replies = 0;
  let isClosed = false;
  socket.on('error', () => undefined).on('close', () => (isClosed = true));
  socket.on('data', (chunk: Buffer) => {
    scanner.push(chunk);
    while (scanner.next() !== null) replies += 1;
  });
  const request = largeRequest();
  for (let i = 0; i < REQUESTS; i += 1) socket.write(request);

  // Until nothing more is taken from this client while the server has answered another one many times.
  let left = -1;
  while (left !== socket.writableLength) {
    left = socket.writableLength;
    for (let i = 0; i < 50; i += 1) await other.listTasks();
  }
  expect({ isClosed, replies }).toEqual({ isClosed: false, replies: 0 });
  expect(left).toBeGreaterThan(0);

  answer();
  await expect.poll(() => ({ isClosed, replies })).toEqual({ isClosed: false, replies: REQUESTS });
});
