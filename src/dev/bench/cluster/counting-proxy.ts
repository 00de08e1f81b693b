import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Access } from '../../../master/kubernetes/access.ts';

/** Stands before an API server, and counts what is asked of it, watches aside. */
interface CountingProxy {
  /** A file that leads to the proxy. */
  readonly kubeconfig: string;
  requests(): number;
  close(): Promise<void>;
}

/** Listens on loopback alone. @param folder where the kubeconfig goes */
export async function countingProxy(access: Access, folder: string): Promise<CountingProxy> {
  let count = 0;
  const agent = new https.Agent({ keepAlive: true });
  const { headers: own, ca, cert, key } = await access.credentials();
  const tls = {
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
  };
  const server = http.createServer((request, response) => {
    const url = new URL(request.url ?? '/', access.server);
    if (url.searchParams.get('watch') === null) count += 1;
    const headers = { ...request.headers, ...own, host: url.host };
    const onward = https.request(url, { ...tls, method: request.method, headers, agent }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    onward.on('error', () => response.destroy());
    response.on('close', () => onward.destroy());
    request.pipe(onward);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const kubeconfig = join(folder, 'proxy.kubeconfig');
  // Plain, and on loopback: there is nothing to verify.
  const cluster = { server: `http://127.0.0.1:${port}`, 'insecure-skip-tls-verify': true };
  const context = { cluster: 'proxy', user: 'nobody' };
  writeFileSync(
    kubeconfig,
    JSON.stringify({
      apiVersion: 'v1',
      kind: 'Config',
      'current-context': 'proxy',
      clusters: [{ name: 'proxy', cluster }],
      contexts: [{ name: 'proxy', context }],
      users: [{ name: 'nobody', user: {} }],
    }),
  );
  return {
    kubeconfig,
    requests: () => count,
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
      agent.destroy();
    },
  };
}
