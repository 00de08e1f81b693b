import { once } from 'node:events';
import { afterEach, describe, expect, it } from 'vitest';
import { openResult } from '../../src/results/open-result.ts';
import { type HttpServer, hdfs, sendJson, sendRemoteException, serve } from './hdfs-server.ts';
import { failureOf, textOf } from './read.ts';

const servers: HttpServer[] = [];
async function start(...args: Parameters<typeof serve>): Promise<HttpServer> {
  const server = await serve(...args);
  servers.push(server);
  return server;
}
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.stop()));
});

const FILES = {
  '/out/_SUCCESS': '',
  '/out/part-00001': 'c\n',
  '/out/part-00000': 'a\nb',
  '/数据/a b%20#?.txt': '一\n二\n',
};

describe('a result on HDFS', () => {
  it('is read from HttpFS, a file or a directory of part files', async () => {
    const { base, requests } = await start(hdfs(FILES));
    const source = await openResult('hdfs://nn:8020/out', { webHdfs: base, user: 'ana' });
    expect(await textOf(source.all())).toBe('a\nb\nc\n');
    expect(requests).toEqual([
      '/webhdfs/v1/out?op=LISTSTATUS&user.name=ana',
      '/webhdfs/v1/out/part-00000?op=OPEN&user.name=ana',
      '/webhdfs/v1/out/part-00001?op=OPEN&user.name=ana',
    ]);
    const file = await openResult('hdfs:///数据/a b%20#?.txt', { webHdfs: `${base}/`, user: 'ana' });
    expect(await textOf(file.lines(1))).toBe('一\n');
  });

  it('is a tree of partitions, in natural order at each level', async () => {
    const { base, requests } = await start(
      hdfs({
        '/out/d=10/part-0': 'c\n',
        '/out/d=2/h=1/part-0': 'a\n',
        '/out/d=2/h=2/part-0': 'b\n',
        '/out/_temporary/0/part-0': 'never',
        '/out/_SUCCESS': '',
      }),
    );
    const source = await openResult('hdfs://nn/out', { webHdfs: base, user: 'u' });
    expect(await textOf(source.lines(1))).toBe('a\n');
    // No directory is listed before it is come to.
    expect(requests.filter((request) => request.includes('LISTSTATUS'))).toEqual([
      '/webhdfs/v1/out?op=LISTSTATUS&user.name=u',
      '/webhdfs/v1/out/d%3D2?op=LISTSTATUS&user.name=u',
      '/webhdfs/v1/out/d%3D2/h%3D1?op=LISTSTATUS&user.name=u',
    ]);
    expect(await textOf(source.all())).toBe('a\nb\nc\n');
  });

  it('of the root directory is asked for by its proper paths', async () => {
    const { base, requests } = await start(hdfs({ '/part-0': 'a\n' }));
    const source = await openResult('hdfs://nn/', { webHdfs: base, user: 'u' });
    expect(await textOf(source.all())).toBe('a\n');
    expect(requests.at(-1)).toBe('/webhdfs/v1/part-0?op=OPEN&user.name=u');
  });

  it('is read from the DataNodes that a NameNode names, as the same user', async () => {
    const dataNode = await start(hdfs(FILES));
    const nameNode = await start(hdfs(FILES, () => dataNode.base));
    const source = await openResult('hdfs://nn/out/', {
      webHdfs: `${nameNode.base}/webhdfs/v1`,
      user: 'a&b',
    });
    expect(await textOf(source.lines(1))).toBe('a\n');
    expect(dataNode.requests).toEqual([
      '/webhdfs/v1/out/part-00000?op=OPEN&namenoderpcaddress=nn%3A8020&offset=0&user.name=a%26b',
    ]);
  });

  it('is read as the user of this process where no other is given', async () => {
    const { base, requests } = await start(hdfs(FILES));
    await openResult('hdfs://nn/out', { webHdfs: base });
    expect(requests[0]).toMatch(/user\.name=.+/);
  });

  it('is read behind a gateway with a path of its own', async () => {
    const { base, requests } = await start((_request, response) =>
      sendJson(response, 200, { FileStatuses: { FileStatus: [] } }),
    );
    const source = await openResult('hdfs://nn/out', { webHdfs: `${base}/gateway/default/`, user: 'u' });
    expect(await textOf(source.all())).toBe('');
    expect(requests).toEqual(['/gateway/default/webhdfs/v1/out?op=LISTSTATUS&user.name=u']);
  });

  it('is not read on when the reader stops: the connection is closed', async () => {
    const endless = Buffer.alloc(64 * 1024, 'x');
    let closed: Promise<unknown> | undefined;
    const { base } = await start((_request, response, url) => {
      if (url.searchParams.get('op') === 'LISTSTATUS') {
        sendJson(response, 200, { FileStatuses: { FileStatus: [{ pathSuffix: '', type: 'FILE' }] } });
        return;
      }
      closed = once(response, 'close');
      const write = (): void => {
        while (response.write(endless));
      };
      response.on('drain', write);
      write();
    });
    const source = await openResult('hdfs://nn/out', { webHdfs: base });
    for await (const chunk of source.all()) {
      expect(chunk.length).toBeGreaterThan(0);
      break;
    }
    expect(closed).toBeDefined();
    await closed;
  });
});

describe('a result on HDFS that can not be read', () => {
  const opened = async (handler: Parameters<typeof serve>[0], options = {}): Promise<unknown> => {
    const { base } = await start(handler);
    const read = async (): Promise<string> =>
      textOf((await openResult('hdfs://nn/out', { webHdfs: base, user: 'ana', ...options })).all());
    return failureOf(read());
  };
  const listed: Parameters<typeof serve>[0] = (_request, response) =>
    sendJson(response, 200, { FileStatuses: { FileStatus: [{ pathSuffix: '', type: 'FILE' }] } });

  it('says how to read it where no address is configured', async () => {
    expect(await failureOf(openResult('hdfs://nn/out'))).toMatchObject({
      code: 'CONFIG',
      hint: expect.stringMatching(/webhdfs.*hdfs dfs -cat/) as string,
    });
  });

  it.each(['ftp://x', 'hdfs-httpfs:14000', ''])('names an address that is none: %j', async (webHdfs) => {
    expect(await failureOf(openResult('hdfs://nn/out', { webHdfs }))).toMatchObject({ code: 'CONFIG' });
  });

  it.each([
    ['FileNotFoundException', 404, { code: 'NOT_FOUND', message: 'the result file /out is not there' }],
    ['FileNotFoundException', 500, { code: 'NOT_FOUND' }],
    [
      'AccessControlException',
      403,
      { code: 'RESULT_UNREADABLE', hint: 'set hdfsUser to a user who may read it' },
    ],
    ['AuthenticationException', 500, { hint: 'set hdfsUser to a user who may read it' }],
    ['StandbyException', 403, { hint: 'set webhdfs to the active one, or to HttpFS, which finds it' }],
    [
      'IOException',
      500,
      { code: 'RESULT_UNREADABLE', message: expect.stringMatching(/IOException: first line$/) as string },
    ],
  ])('goes by the exception: %s with status %i', async (exception, status, expected) => {
    const error = await opened((_request, response) =>
      sendRemoteException(response, status, exception, 'first line\n\tat java.lang.Thread'),
    );
    expect(error).toMatchObject(expected);
  });

  it.each([
    [401, { hint: 'set hdfsUser to a user who may read it' }],
    [404, { hint: 'check the setting webhdfs' }],
    [502, { message: expect.stringContaining('HTTP status 502') as string }],
    [200, { message: expect.stringContaining('not as WebHDFS') as string }],
  ])('understands an answer in HTML with status %i', async (status, expected) => {
    const error = await opened((_request, response) =>
      response.writeHead(status).end('<html>\u001b[31mno</html>'),
    );
    expect(error).toMatchObject({ code: 'RESULT_UNREADABLE', ...expected });
  });

  it.each([
    ['{"FileStatuses":{"FileStatus":{}}}'],
    ['{"FileStatuses":{"FileStatus":[{"pathSuffix":7,"type":"FILE"}]}}'],
    ['{"FileStatuses":{"FileStatus":[null]}}'],
    ['null'],
  ])('refuses a listing that is none: %s', async (listing) => {
    expect(await opened((_request, response) => response.end(listing))).toMatchObject({
      code: 'RESULT_UNREADABLE',
    });
  });

  it('gives up on redirects without an end, and on those to no web address', async () => {
    const loop = await opened((_request, response, url) =>
      response.writeHead(307, { location: url.href }).end(),
    );
    expect(loop).toMatchObject({ code: 'RESULT_UNREADABLE' });
    const around = await opened((request, response) =>
      response.writeHead(307, { location: `http://${request.headers.host ?? ''}/again` }).end(),
    );
    expect(around).toMatchObject({ message: expect.stringContaining('redirects again and again') as string });
    const file = await opened((_request, response) =>
      response.writeHead(307, { location: 'file:///etc/hosts' }).end(),
    );
    expect(file).toMatchObject({ message: expect.stringContaining('HTTP status 307') as string });
  });

  it('says that HttpFS helps where a DataNode is out of reach', async () => {
    const gone = await serve(() => undefined);
    await gone.stop();
    const error = await opened(hdfs({ '/out': 'x' }, () => gone.base));
    expect(error).toMatchObject({
      message: expect.stringMatching(/^no connection to .*ECONNREFUSED/) as string,
      hint: 'set webhdfs to HttpFS, which needs no way from here to the DataNodes',
    });
  });

  it('is given up when no answer comes in time', async () => {
    expect(await opened(() => undefined, { timeout: 50 })).toMatchObject({
      code: 'RESULT_UNREADABLE',
      message: expect.stringContaining('did not answer within 0.05 s') as string,
    });
  });

  it('is given up when an answer stops coming', async () => {
    const error = await opened(
      (request, response, url) => {
        if (url.searchParams.get('op') === 'LISTSTATUS') listed(request, response, url);
        else response.write('some of it\n');
      },
      { timeout: 200 },
    );
    expect(error).toMatchObject({ message: expect.stringContaining('did not answer within') as string });
  });

  it('is an error, not a short result, when the connection breaks', async () => {
    const error = await opened((request, response, url) => {
      if (url.searchParams.get('op') === 'LISTSTATUS') {
        listed(request, response, url);
        return;
      }
      response.writeHead(200, { 'content-length': 1000 });
      response.write('some of it\n', () => response.destroy());
    });
    expect(error).toMatchObject({ code: 'RESULT_UNREADABLE' });
  });

  it('ends with the reason of whoever interrupts it', async () => {
    const stop = new AbortController();
    const reason = new Error('interrupted');
    const error = await opened(() => stop.abort(reason), { signal: stop.signal });
    expect(error).toBe(reason);
  });
});
