import net from 'node:net';
import tls from 'node:tls';
import { ConfigError, systemErrorCode } from '../model/errors.ts';
import { BufferBudget } from './buffer-budget.ts';
import { monotonicMs } from './monotonic.ts';
import type { ServerOptions } from './options.ts';
import type { Services } from './services.ts';
import { ServedConnection } from './served-connection.ts';

const MAX_BUFFERED_BYTES = 256 * 1024 * 1024;

export interface MasterServer {
  readonly host: string;
  readonly port: number;
  /** Takes no more connections, lets requests that run be answered for at most `graceMs`, then ends all. */
  close(graceMs?: number): Promise<void>;
}

/**
 * Serves the protocol of clic-master on one port. No client can end it, or keep it from serving another.
 * @param services may come later: requests wait for them, and connections are ended when they are rejected
 * @throws ConfigError the port is taken, or the address is not of this machine
 */
export async function startMasterServer(
  services: Services | Promise<Services>,
  options: ServerOptions,
): Promise<MasterServer> {
  const ready = Promise.resolve(services);
  // Nobody may be connected when it is rejected.
  ready.catch(() => undefined);
  const connections = new Set<OpenConnection>();
  const handshakes = new Map<string, Handshake>();
  const maxBufferedBytes = options.maxBufferedBytes ?? MAX_BUFFERED_BYTES;
  const budget = new BufferBudget(maxBufferedBytes, (held) => {
    const reason = `all connections together hold more than ${maxBufferedBytes} bytes, and this one ${held}`;
    options.onLimit('a connection was ended: --max-buffered-bytes is used up', new Error(reason));
  });
  let isClosing = false;
  let nextSession = 1;

  /** False where the new connection has to go. */
  const makeRoom = (): boolean => {
    if (isClosing) return false;
    if (connections.size < options.connections.maxConnections) return true;
    const idle = longestIdle(connections);
    if (idle === null) {
      options.onLimit(
        'a connection was turned away: --max-connections is reached',
        new Error('all of them are busy'),
      );
      return false;
    }
    // Not when its end is seen: more may come until then.
    connections.delete(idle);
    idle.destroy();
    return true;
  };

  const shake = (socket: net.Socket): void => {
    if (!makeRoom()) {
      socket.destroy();
      return;
    }
    const ends = endpointsOf(socket);
    const handshake = handshakeOn(socket);
    connections.add(handshake);
    handshakes.set(ends, handshake);
    socket.once('close', () => {
      connections.delete(handshake);
      if (handshakes.get(ends) === handshake) handshakes.delete(ends);
    });
  };

  const serve = (socket: net.Socket): void => {
    const ends = endpointsOf(socket);
    const handshake = handshakes.get(ends);
    handshakes.delete(ends);
    const hasRoom = handshake !== undefined && connections.delete(handshake) && !isClosing;
    if (!hasRoom && !makeRoom()) {
      socket.destroy();
      return;
    }
    const session = { id: nextSession++ };
    const connection = new ServedConnection(socket, session, ready, options, budget, () => {
      connections.delete(connection);
      options.onSessionClosed(session.id);
    });
    connections.add(connection);
  };

  const server = listenerFor(options, serve);
  if (options.tls !== null) server.on('connection', shake);
  server.on('tlsClientError', (error: Error, socket: net.Socket) => {
    const isPlain = NOT_TLS.test(systemErrorCode(error) ?? '');
    if (isPlain) handshakes.get(endpointsOf(socket))?.socket.write(TLS_ALERT);
    options.onTrouble(isPlain ? 'a client does not speak TLS' : 'a TLS handshake failed', error);
    socket.destroy();
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => reject(listenProblem(error, options)));
    server.listen({ host: options.host, port: options.port, backlog: 511 }, resolve);
  });
  server.on('error', (error) => options.onTrouble('the listening socket failed', error));

  const address = server.address();
  if (address === null || typeof address === 'string') throw new TypeError('a TCP server has an address');
  return {
    host: options.host,
    port: address.port,
    async close(graceMs = 5_000) {
      isClosing = true;
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const connection of connections) connection.finish();
      const timer = setTimeout(() => connections.forEach((connection) => connection.destroy()), graceMs);
      await closed;
      clearTimeout(timer);
    },
  };
}

function listenerFor(options: ServerOptions, serve: (socket: net.Socket) => void): net.Server {
  // A client may shut its half down after its request, and still wants the answer.
  if (options.tls === null) return net.createServer({ allowHalfOpen: true, noDelay: true }, serve);
  const { ca, cert, key } = options.tls;
  return tls.createServer(
    {
      allowHalfOpen: true,
      noDelay: true,
      handshakeTimeout: options.connections.requestTimeoutMs,
      ...(cert === undefined ? {} : { cert }),
      ...(key === undefined ? {} : { key }),
      ...(ca === undefined ? {} : { ca, requestCert: true, rejectUnauthorized: true }),
    },
    serve,
  );
}

/** A connection that is being made or served. */
type OpenConnection = Pick<ServedConnection, 'busy' | 'lastActive' | 'finish' | 'destroy'>;

/** What OpenSSL says of first bytes that are none of TLS. It sends no alert then, by which a plain client could tell. */
const NOT_TLS = /^ERR_SSL_(?:WRONG_VERSION_NUMBER|HTTP_REQUEST)$/;
/** A fatal alert: protocol version. */
const TLS_ALERT = Buffer.from('15030300020246', 'hex');

type Handshake = OpenConnection & { readonly socket: net.Socket };

/** One whose TLS handshake is under way: it takes a place, idle since it came, and nothing would be lost with it. */
function handshakeOn(socket: net.Socket): Handshake {
  const destroy = (): void => void socket.destroy();
  return { socket, busy: false, lastActive: monotonicMs(), finish: destroy, destroy };
}

/** Tells a connection from all others of its time, and is the same below TLS and above it. */
function endpointsOf({ remoteAddress, remotePort, localAddress, localPort }: net.Socket): string {
  return [remoteAddress, remotePort, localAddress, localPort].join(' ');
}

function longestIdle(connections: Iterable<OpenConnection>): OpenConnection | null {
  let oldest: OpenConnection | null = null;
  for (const connection of connections) {
    if (!connection.busy && (oldest === null || connection.lastActive < oldest.lastActive))
      oldest = connection;
  }
  return oldest;
}

const NOT_OURS = '--host is an address of this machine, such as 127.0.0.1';
const OTHER_PORT = '--port picks another port, and --port 0 a free one';

const LISTEN_PROBLEMS: Readonly<Record<string, { readonly reason: string; readonly hint: string }>> = {
  EADDRINUSE: { reason: 'the port is in use', hint: OTHER_PORT },
  EACCES: { reason: 'the port may not be opened by this user', hint: OTHER_PORT },
  EADDRNOTAVAIL: { reason: 'the address is not of this machine', hint: NOT_OURS },
  EAFNOSUPPORT: { reason: 'this machine has no such addresses', hint: NOT_OURS },
  ENOTFOUND: { reason: 'no such host', hint: NOT_OURS },
  EAI_AGAIN: { reason: 'the name could not be looked up', hint: NOT_OURS },
};

function listenProblem(error: Error, { host, port }: ServerOptions): ConfigError {
  const known = LISTEN_PROBLEMS[systemErrorCode(error) ?? ''];
  return new ConfigError(`can't listen on ${host}:${port}: ${known?.reason ?? error.message}`, {
    hint: known?.hint,
    cause: error,
  });
}
