import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import type { MasterClient } from '../../src/model/master-client.ts';
import { createMasterClient } from '../../src/rpc/connect.ts';
import type { TlsOptions } from '../../src/rpc/options.ts';
import { hasOpenssl, makeAuthority } from '../e2e/master/support/certificates.ts';
import { handlersWithTasks } from '../helpers/master-handlers.ts';
import { startTestServer } from '../helpers/master-server.ts';
import { describeWith } from '../helpers/needs.ts';
import { clientOptions } from '../helpers/peer.ts';

describeWith(hasOpenssl() ? null : 'openssl', 'a client and a master of which one speaks TLS', () => {
  let folder: string;
  let pem: TlsOptions;
  beforeAll(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'clic-tls-mismatch-'));
    const { cert, key } = makeAuthority(folder, 'localhost');
    pem = { cert: readFileSync(cert, 'utf8'), key: readFileSync(key, 'utf8') };
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const meet = async (server: TlsOptions | null, client: TlsOptions | null): Promise<MasterClient> => {
    const master = await startTestServer(handlersWithTasks([]), { tls: server });
    const asking = createMasterClient(clientOptions(master.port, { tls: client }));
    onTestFinished(() => {
      asking.close();
      return master.close(0);
    });
    return asking;
  };

  it('tells a plain client that the master speaks TLS, and that nothing was submitted', async () => {
    const client = await meet(pem, null);
    const failure = {
      code: 'UNREACHABLE',
      message: expect.stringMatching(/^the master at 127\.0\.0\.1:\d+ speaks TLS$/) as string,
      hint: 'add --tls',
    };
    await expect(client.listTasks()).rejects.toMatchObject(failure);
    await expect(client.submitPlan('plan', '/plan.yaml')).rejects.toMatchObject(failure);
  });

  it('tells a client of TLS that the master does not speak it', async () => {
    const client = await meet(null, {});
    await expect(client.listTasks()).rejects.toMatchObject({
      code: 'UNREACHABLE',
      message: expect.stringMatching(/^what answers at 127\.0\.0\.1:\d+ does not speak TLS$/) as string,
      hint: expect.stringContaining('leave --tls out') as string,
    });
  });
});
