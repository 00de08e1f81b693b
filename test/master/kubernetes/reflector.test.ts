import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import type { Access } from '../../../src/master/kubernetes/access.ts';
import { KubernetesApi } from '../../../src/master/kubernetes/api.ts';
import { Backlog } from '../../../src/master/kubernetes/backlog.ts';
import { objectOf } from '../../../src/master/kubernetes/json.ts';
import { Reflector } from '../../../src/master/kubernetes/reflector.ts';

type Answer = (query: URLSearchParams, response: http.ServerResponse) => void;

/** An API server that answers each request by the next of these, and the last one again and again. */
async function server(...answers: Answer[]) {
  const asked: URLSearchParams[] = [];
  const listening = http.createServer((request, response) => {
    const query = new URL(request.url ?? '', 'http://x').searchParams;
    asked.push(query);
    (answers.length > 1 ? answers.shift() : answers[0])?.(query, response);
  });
  await new Promise<void>((resolve) => listening.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    listening.closeAllConnections();
    listening.close();
  });
  const access: Access = {
    server: `http://127.0.0.1:${(listening.address() as AddressInfo).port}`,
    namespace: 'default',
    isInCluster: false,
    credentials: () => Promise.resolve({ headers: {}, proxyAgent: undefined }),
  };
  return { asked, api: new KubernetesApi(access, 'test') };
}

const object = (name: string, resourceVersion = '1') => ({ metadata: { name, resourceVersion } });
const page = (names: string[], resourceVersion: string, next = ''): Answer => {
  const items = names.map((name) => object(name));
  return (_, response) =>
    response.end(JSON.stringify({ metadata: { resourceVersion, continue: next }, items }));
};
const silence: Answer = (_, response) => {
  response.writeHead(200).flushHeaders();
};
const tell = (...events: object[]): Answer => {
  const lines = events.map((event) => `${JSON.stringify(event)}\n`).join('');
  return (_, response) => void response.writeHead(200).write(lines);
};
const status = (code: number, headers = {}): Answer => {
  return (_, response) =>
    void response.writeHead(code, headers).end(JSON.stringify({ message: `no: ${code}` }));
};

function follow(api: KubernetesApi, watchSeconds = 60) {
  const told: string[] = [];
  const nameOf = (one: object): string => String(objectOf(objectOf(one)['metadata'])['name']);
  const reflector = new Reflector({
    ...{ api, path: '/pods', labelSelector: 'a=b', watchSeconds },
    onObject: (one) => told.push(`+${nameOf(one)}`),
    onDeleted: (one) => told.push(`-${nameOf(one)}`),
    onListing: () => told.push('listing'),
    onListed: () => told.push('listed'),
    onTrouble: (error) => told.push(error === null ? 'well' : 'trouble'),
  });
  reflector.start();
  onTestFinished(() => reflector.close());
  return told;
}

test('what there is is listed in pages, then watched from there on', async () => {
  const events = tell(
    { type: 'ADDED', object: object('c', '8') },
    { type: 'DELETED', object: object('a', '9') },
  );
  const { api, asked } = await server(page(['a'], '7', 'more'), page(['b'], '7'), events);
  const told = follow(api);
  await expect.poll(() => told).toEqual(['listing', '+a', '+b', 'listed', '+c', '-a']);
  expect(asked[1]?.get('continue')).toBe('more');
  expect(asked[2]?.get('resourceVersion')).toBe('7');
  expect(asked[2]?.get('allowWatchBookmarks')).toBe('true');
});

test('a watch that was cut off goes on from the last version that was told, of which a bookmark is enough', async () => {
  const cut: Answer = (_, response) => {
    response
      .writeHead(200)
      .write(`${JSON.stringify({ type: 'BOOKMARK', object: object('', '12') })}\n`, () => response.destroy());
  };
  const { api, asked } = await server(page([], '7'), cut, tell({ type: 'ADDED', object: object('d') }));
  const told = follow(api);
  await expect.poll(() => told).toContain('+d');
  expect(asked[2]?.get('resourceVersion')).toBe('12');
  expect(told.filter((one) => one === 'listing')).toHaveLength(1);
});

test.each([
  ['as an event', tell({ type: 'ERROR', object: { code: 410, message: 'too old' } })],
  ['as an answer', status(410)],
])('it is listed again where the server does not know the version any more: %s', async (_, gone) => {
  const { api } = await server(page(['a'], '7'), gone, page(['b'], '20'), silence);
  const told = follow(api);
  await expect
    .poll(() => told)
    .toEqual(['listing', '+a', 'listed', 'trouble', 'listing', '+b', 'well', 'listed']);
});

test('a watch that says nothing for longer than it may last is replaced', async () => {
  const { api, asked } = await server(page([], '7'), silence, tell({ type: 'ADDED', object: object('e') }));
  // It may last 10 seconds longer than asked for.
  const told = follow(api, -9.8);
  await expect.poll(() => told).toContain('+e');
  expect(asked).toHaveLength(3);
});

test('what has to be done is done again until it works, and left alone for as long as the server wants', async () => {
  const { api, asked } = await server(status(500), status(429, { 'retry-after': '1' }), page([], '1'));
  const troubles: boolean[] = [];
  const backlog = new Backlog(4, (error) => troubles.push(error !== null));
  const since = performance.now();
  await backlog.do((signal) => api.request({ path: '/', signal }));
  expect(performance.now() - since).toBeGreaterThan(990);
  expect(asked).toHaveLength(3);
  expect(troubles).toEqual([true, false]);
});

test('what the server refuses for good is not asked again', async () => {
  const { api, asked } = await server(status(422));
  const backlog = new Backlog(4, () => undefined);
  await expect(backlog.do((signal) => api.request({ path: '/', signal }))).rejects.toThrow('no: 422');
  expect(asked).toHaveLength(1);
});
