import net from 'node:net';
import { thriftServices } from '../../src/master/front/thrift.ts';
import { CONNECTION_LIMITS, DEFAULT_LIMITS, SERVER_LIMITS } from '../../src/rpc/limits.ts';
import { MessageScanner } from '../../src/rpc/message-scanner.ts';
import type { ServerOptions } from '../../src/rpc/options.ts';
import { startMasterServer, type MasterServer } from '../../src/rpc/server.ts';
import type { MasterHandlers } from './master-handlers.ts';

/** The real server on a free loopback port. */
export function startTestServer(
  handlers: MasterHandlers | Promise<MasterHandlers>,
  changes: Partial<ServerOptions> = {},
): Promise<MasterServer> {
  return startMasterServer(Promise.resolve(handlers).then(thriftServices), {
    host: '127.0.0.1',
    port: 0,
    tls: null,
    limits: SERVER_LIMITS,
    connections: CONNECTION_LIMITS,
    onTrouble: () => undefined,
    onLimit: () => undefined,
    onSessionClosed: () => undefined,
    ...changes,
  });
}

/** Sends each request on one connection, all at once, and returns as many whole replies. */
export async function exchange(port: number, requests: readonly Buffer[]): Promise<Buffer[]> {
  const scanner = new MessageScanner(DEFAULT_LIMITS);
  const replies: Buffer[] = [];
  const socket = net.connect({ host: '127.0.0.1', port });
  try {
    await new Promise<void>((resolve, reject) => {
      socket.on('error', reject);
      socket.on('close', () => reject(new Error(`closed after ${replies.length} replies`)));
      socket.on('data', (chunk: Buffer) => {
        scanner.push(chunk);
        for (let message = scanner.next(); message !== null; message = scanner.next())
          replies.push(message.bytes);
        if (replies.length === requests.length) resolve();
      });
      socket.write(Buffer.concat(requests));
    });
  } finally {
    socket.destroy();
  }
  return replies;
}
