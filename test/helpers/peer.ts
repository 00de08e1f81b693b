import net from 'node:net';
import { DEFAULT_LIMITS } from '../../src/rpc/limits.ts';
import type { ClientOptions } from '../../src/rpc/options.ts';

/** A TCP server on a free loopback port that does what a test says with each connection. */
export interface Peer {
  readonly port: number;
  readonly received: Buffer[];
  connections: number;
  /** How many of them have not ended. */
  readonly open: number;
  close(): Promise<void>;
}

export async function startPeer(serve: (socket: net.Socket, index: number) => void): Promise<Peer> {
  const sockets = new Set<net.Socket>();
  const received: Buffer[] = [];
  const server = net.createServer({ allowHalfOpen: true }, (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => undefined);
    socket.on('data', (chunk: Buffer) => received.push(chunk));
    serve(socket, peer.connections++);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const peer: Peer = {
    port: address.port,
    received,
    connections: 0,
    get open() {
      return sockets.size;
    },
    close: () =>
      new Promise((resolve) => {
        sockets.forEach((socket) => socket.destroy());
        server.close(() => resolve());
      }),
  };
  return peer;
}

/** A peer that answers the n-th request on each connection with the n-th of `replies`, whatever was asked. */
export function startReplayer(replies: readonly Buffer[]): Promise<Peer> {
  return startPeer((socket) => {
    let next = 0;
    socket.on('data', () => {
      const reply = replies[next++];
      if (reply !== undefined) socket.write(reply);
    });
  });
}

export function clientOptions(port: number, changes: Partial<ClientOptions> = {}): ClientOptions {
  return {
    host: '127.0.0.1',
    port,
    tls: null,
    connectTimeoutMs: 2_000,
    callTimeoutMs: 5_000,
    readRetries: 0,
    limits: DEFAULT_LIMITS,
    ...changes,
  };
}
