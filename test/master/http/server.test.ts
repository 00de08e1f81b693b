import net from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startHttpServer, type HttpServer, type Readable } from '../../../src/master/http/server.ts';

const READY: Readable = {
  unreadiness: () => null,
  metrics: () => Promise.resolve({ type: 'text/plain; version=0.0.4', body: 'up 1\n' }),
};

async function serve(readable: Partial<Readable> = {}): Promise<HttpServer & { url: string }> {
  const server = await startHttpServer({ host: '127.0.0.1', port: 0 }, { ...READY, ...readable });
  onTestFinished(() => server.close());
  return { ...server, url: `http://127.0.0.1:${server.port}` };
}

/** Sends this, and gives all that comes until the server ends the connection. */
async function raw(port: number, text: string): Promise<string> {
  const socket = net.connect(port, '127.0.0.1');
  socket.write(text);
  let all = '';
  for await (const chunk of socket) all += String(chunk);
  return all;
}

describe('over HTTP, a master tells', () => {
  it('that it is alive, whether it is ready, and its metrics', async () => {
    let reason: string | null = 'standby: b leads';
    const { url } = await serve({ unreadiness: () => reason });
    const get = async (path: string): Promise<unknown[]> => {
      const response = await fetch(`${url}${path}`);
      return [response.status, await response.text()];
    };
    expect(await get('/livez')).toEqual([200, 'ok\n']);
    expect(await get('/readyz')).toEqual([503, 'standby: b leads\n']);
    reason = null;
    expect(await get('/readyz?verbose')).toEqual([200, 'ok\n']);
    expect(await get('/metrics')).toEqual([200, 'up 1\n']);
    expect(await get('/')).toEqual([404, expect.stringContaining('/livez')]);
  });

  it('no body to HEAD', async () => {
    const { url } = await serve();
    const response = await fetch(`${url}/metrics`, { method: 'HEAD' });
    expect([response.status, await response.text(), response.headers.get('content-length')]).toEqual([
      200,
      '',
      '5',
    ]);
  });

  it('that metrics could not be made, without ending', async () => {
    const { url } = await serve({ metrics: () => Promise.reject(new Error('broken')) });
    expect((await fetch(`${url}/metrics`)).status).toBe(500);
    expect((await fetch(`${url}/livez`)).status).toBe(200);
  });
});

describe('a master refuses over HTTP', () => {
  it.each(['POST', 'PUT', 'DELETE', 'OPTIONS'])('%s, whose body is not read', async (method) => {
    const { port } = await serve();
    const answer = await raw(port, `${method} /livez HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\n`);
    expect(answer).toMatch(/^HTTP\/1\.1 405 /);
    expect(answer).toContain('Allow: GET, HEAD');
    expect(answer).toContain('Connection: close');
  });

  it('a body that comes with GET', async () => {
    const { port } = await serve();
    const request = 'GET /livez HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n';
    expect(await raw(port, request)).toContain('Connection: close');
  });

  it('to read long headers', async () => {
    const { port } = await serve();
    const answer = await raw(port, `GET /livez HTTP/1.1\r\nHost: x\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`);
    expect(answer).toMatch(/^HTTP\/1\.1 431 /);
  });

  it('what is no HTTP', async () => {
    const { port } = await serve();
    expect(await raw(port, 'hello\r\n\r\n')).toMatch(/^HTTP\/1\.1 400 /);
  });
});

it('a port that is taken is told, with the option', async () => {
  const { port } = await serve();
  await expect(startHttpServer({ host: '127.0.0.1', port }, READY)).rejects.toMatchObject({
    code: 'CONFIG',
    message: `can't listen on 127.0.0.1:${port} for health and metrics: the port is in use`,
    hint: expect.stringContaining('--http-port') as string,
  });
});
