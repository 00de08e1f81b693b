import { type IncomingMessage, type Server, type ServerResponse, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

type Handler = (request: IncomingMessage, response: ServerResponse, url: URL) => void;

export interface HttpServer {
  readonly base: string;
  /** The paths and queries that were asked for. */
  readonly requests: string[];
  stop(): Promise<void>;
}

/** An HTTP server on a free port of this machine. */
export async function serve(handler: Handler): Promise<HttpServer> {
  const requests: string[] = [];
  const server: Server = createServer((request, response) => {
    requests.push(request.url ?? '');
    handler(request, response, new URL(request.url ?? '/', 'http://localhost'));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    base: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

export function sendJson(response: ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
}

export function sendRemoteException(
  response: ServerResponse,
  status: number,
  exception: string,
  message: string,
): void {
  const javaClassName = `org.apache.hadoop.${exception}`;
  sendJson(response, status, { RemoteException: { exception, javaClassName, message } });
}

/**
 * Answers LISTSTATUS, GETFILESTATUS and OPEN for the files, given by path, as HttpFS does; with `dataNode` as a NameNode does, which sends
 * those who open a file on to it.
 */
export function hdfs(files: Readonly<Record<string, string | Buffer>>, dataNode?: () => string): Handler {
  return (_request, response, url) => {
    const path = decodeURIComponent(url.pathname.replace(/^\/webhdfs\/v1/, ''));
    const content = files[path];
    const folder = path === '/' ? '' : path;
    const below = Object.keys(files).filter((file) => file.startsWith(`${folder}/`));
    if (!url.searchParams.has('user.name')) {
      response.writeHead(401, { 'content-type': 'text/html' }).end('<html>Authentication required</html>');
    } else if (content === undefined && below.length === 0) {
      sendRemoteException(response, 404, 'FileNotFoundException', `File does not exist: ${path}`);
    } else if (url.searchParams.get('op') === 'LISTSTATUS') {
      const names =
        content === undefined
          ? new Set(below.map((file) => file.slice(folder.length + 1).split('/')[0]))
          : [''];
      const FileStatus = [...names].map((pathSuffix) => ({
        pathSuffix,
        type: pathSuffix === '' || `${folder}/${pathSuffix ?? ''}` in files ? 'FILE' : 'DIRECTORY',
        length: 1,
      }));
      sendJson(response, 200, { FileStatuses: { FileStatus } });
    } else if (url.searchParams.get('op') === 'GETFILESTATUS') {
      const type = content === undefined ? 'DIRECTORY' : 'FILE';
      sendJson(response, 200, { FileStatus: { pathSuffix: '', type, length: 1 } });
    } else if (dataNode !== undefined) {
      const location = `${dataNode()}${url.pathname}?op=OPEN&namenoderpcaddress=nn:8020&offset=0`;
      response.writeHead(307, { location }).end();
    } else {
      response.writeHead(200, { 'content-type': 'application/octet-stream' }).end(content);
    }
  };
}
