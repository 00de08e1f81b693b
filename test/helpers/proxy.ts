import net from 'node:net';
import { startPeer, type Peer } from './peer.ts';

export interface Proxy extends Peer {
  /** Ends all connections, with `last` as the last that their clients get. */
  cut(last?: Buffer): void;
}

/** A peer that passes everything between its clients and a server on a loopback port, until it cuts them off. */
export async function startProxy(port: number): Promise<Proxy> {
  const links = new Set<{ readonly client: net.Socket; readonly server: net.Socket }>();
  const peer = await startPeer((client) => {
    const server = net.connect({ host: '127.0.0.1', port });
    const link = { client, server };
    links.add(link);
    server.on('error', () => client.destroy());
    client.on('close', () => {
      links.delete(link);
      server.destroy();
    });
    client.pipe(server).pipe(client);
  });
  return Object.assign(peer, {
    cut: (last?: Buffer) => {
      for (const { client, server } of links) {
        server.unpipe(client).destroy();
        if (last === undefined) client.destroy();
        else client.write(last);
      }
      links.clear();
    },
  });
}
