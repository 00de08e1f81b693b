import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { MasterClient } from '../../src/model/master-client.ts';
import { createMasterClient } from '../../src/rpc/connect.ts';
import type { MasterServer } from '../../src/rpc/server.ts';
import { oneStageMaster, STAGE } from '../helpers/one-stage-master.ts';
import { startTestServer } from '../helpers/master-server.ts';
import { clientOptions } from '../helpers/peer.ts';
import { startProxy, type Proxy } from '../helpers/proxy.ts';

const GARBAGE = Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n');

describe.each([
  ['is lost', undefined],
  ['is not of the protocol', GARBAGE],
])('when the answer to a change %s', (_, last) => {
  let server: MasterServer;
  let proxy: Proxy;
  let client: MasterClient;
  let carriesOut: boolean;
  let changes: number;
  beforeEach(async () => {
    carriesOut = true;
    changes = 0;
    const master = oneStageMaster({
      // The answer would follow, and has no way to the client any more.
      onChange: () => {
        changes += 1;
        proxy.cut(last);
        return carriesOut;
      },
    });
    server = await startTestServer(master);
    proxy = await startProxy(server.port);
    client = createMasterClient(clientOptions(proxy.port, { readRetries: 2 }));
  });
  afterEach(async () => {
    client.close();
    await proxy.close();
    await server.close();
  });

  it('a stage that is found suspended was suspended', async () => {
    expect(await client.suspendStage(STAGE)).toBe(true);
    expect(changes).toBe(1);
  });

  it('a stage that is not suspended may have been, and it is not sent twice', async () => {
    carriesOut = false;
    await expect(client.suspendStage(STAGE)).rejects.toMatchObject({ code: 'OUTCOME_UNKNOWN' });
    expect(changes).toBe(1);
  });

  it('a stage that is not suspended need not have been continued by us', async () => {
    await expect(client.continueStage(STAGE)).rejects.toMatchObject({
      code: 'OUTCOME_UNKNOWN',
      hint: expect.stringContaining(`clic stage ${STAGE}`) as string,
    });
    expect(changes).toBe(1);
  });
});
