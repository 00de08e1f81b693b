import http, { type IncomingMessage, type ServerResponse } from 'node:http';
import { ConfigError, errorMessage, systemErrorCode } from '../../model/errors.ts';

/** What may be read of a master over HTTP. It takes no bodies, and changes nothing. */
export interface Readable {
  /** Why the master does not serve; null where it does. */
  unreadiness(): string | null;
  /** In the text format of Prometheus. */
  metrics(): Promise<{ readonly type: string; readonly body: string }>;
}

export interface HttpServer {
  readonly port: number;
  /** Ends all connections. */
  close(): Promise<void>;
}

/** Probes and scrapers are few, and quick. */
const CONNECTIONS = 128;
const HEADER_BYTES = 8192;
/** For the headers of a request, and between requests, in milliseconds. */
const WITHIN_MS = 5000;
/** For a connection on which nothing moves: an answer that is not taken. */
const IDLE_MS = 10_000;
const TEXT = 'text/plain; charset=utf-8';

interface Answer {
  readonly status: number;
  readonly type?: string;
  readonly body: string;
}

/**
 * Serves `/livez`, `/readyz` and `/metrics`. That it answers shows that the process is alive: its one thread turns.
 * @throws ConfigError the port can't be had
 */
export async function startHttpServer(
  { host, port }: { readonly host: string; readonly port: number },
  readable: Readable,
): Promise<HttpServer> {
  const server = http.createServer(
    {
      maxHeaderSize: HEADER_BYTES,
      headersTimeout: WITHIN_MS,
      requestTimeout: WITHIN_MS,
      keepAliveTimeout: WITHIN_MS,
      connectionsCheckingInterval: 1000,
    },
    (request, response) => void answer(request, response, readable),
  );
  server.maxConnections = CONNECTIONS;
  server.timeout = IDLE_MS;
  // Who asks first whether a body is wanted is told that it isn't.
  server.on('checkContinue', (request, response) => void answer(request, response, readable));
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => {
      const isTaken = systemErrorCode(error) === 'EADDRINUSE';
      const problem = isTaken ? 'the port is in use' : errorMessage(error);
      reject(
        new ConfigError(`can't listen on ${host}:${port} for health and metrics: ${problem}`, {
          hint: '--http-port picks another port, 0 a free one, and off none; --http-host is an address of this machine',
          cause: error,
        }),
      );
    });
    server.listen({ host, port }, resolve);
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new TypeError('a TCP server has an address');
  return {
    port: address.port,
    close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      return closed;
    },
  };
}

async function answer(request: IncomingMessage, response: ServerResponse, readable: Readable): Promise<void> {
  const { status, type = TEXT, body } = await answerTo(request, readable);
  const hasBody =
    'transfer-encoding' in request.headers || Number(request.headers['content-length'] ?? 0) > 0;
  response.writeHead(status, {
    'Content-Type': type,
    'Content-Length': Buffer.byteLength(body),
    'Cache-Control': 'no-store',
    ...(status === 405 ? { Allow: 'GET, HEAD' } : {}),
    // What was sent along is not read, so nothing can follow it.
    ...(hasBody || status === 405 ? { Connection: 'close' } : {}),
  });
  response.end(body);
}

async function answerTo({ method, url = '/' }: IncomingMessage, readable: Readable): Promise<Answer> {
  if (method !== 'GET' && method !== 'HEAD') return { status: 405, body: 'only GET and HEAD\n' };
  switch (url.split('?', 1)[0]) {
    case '/livez':
      return { status: 200, body: 'ok\n' };
    case '/readyz': {
      const reason = readable.unreadiness();
      return reason === null ? { status: 200, body: 'ok\n' } : { status: 503, body: `${reason}\n` };
    }
    case '/metrics':
      try {
        return { status: 200, ...(await readable.metrics()) };
      } catch (error) {
        return { status: 500, body: `${errorMessage(error)}\n` };
      }
    default:
      return { status: 404, body: 'there is /livez, /readyz and /metrics\n' };
  }
}
