import { describe, expect, it } from 'vitest';
import { ClicError } from '../../src/model/errors.ts';
import type { MasterClient } from '../../src/model/master-client.ts';
import { createMasterClient } from '../../src/rpc/connect.ts';
import { startTestServer } from '../helpers/master-server.ts';
import { MISBEHAVIOURS } from '../helpers/misbehaving-servers.ts';
import { oneStageMaster } from '../helpers/one-stage-master.ts';
import { clientOptions, startPeer } from '../helpers/peer.ts';
import { startProxy } from '../helpers/proxy.ts';

const DEADLINE_MS = 2_000;
/** Less than two deadlines: one that begins anew for a retry or another question would show. */
const BOUND_MS = 3_500;

const READS: Readonly<Record<string, (client: MasterClient) => Promise<unknown>>> = {
  listTasks: (client) => client.listTasks(),
  task: (client) => client.task('wordcount-abcdefgh'),
  stage: (client) => client.stage('wordcount-abcdefgh-sh-1'),
  stageIds: (client) => client.stageIds('wordcount-abcdefgh'),
  stagesOf: (client) => client.stagesOf('wordcount-abcdefgh'),
  resultPath: (client) => client.resultPath('wordcount-abcdefgh-sh-1'),
};
const CHANGES: typeof READS = {
  submitPlan: (client) => client.submitPlan('wordcount', '/plan.yaml'),
  suspendStage: (client) => client.suspendStage('wordcount-abcdefgh-sh-1'),
  continueStage: (client) => client.continueStage('wordcount-abcdefgh-sh-1'),
};

/** The error that a call ends with, and how long it took. */
async function failure(
  call: (client: MasterClient) => Promise<unknown>,
  port: number,
): Promise<{ code: string; ms: number }> {
  const client = createMasterClient(clientOptions(port, { callTimeoutMs: DEADLINE_MS, readRetries: 4 }));
  const begun = performance.now();
  try {
    const answer: unknown = await call(client);
    return { code: `an answer: ${JSON.stringify(answer)}`, ms: performance.now() - begun };
  } catch (error) {
    return { code: error instanceof ClicError ? error.code : String(error), ms: performance.now() - begun };
  } finally {
    client.close();
  }
}

describe('every call, against a server that misbehaves', () => {
  it.concurrent.each(MISBEHAVIOURS)(
    'ends with a typed error within one deadline when it $name',
    { timeout: 20_000 },
    async ({ serve, code: listCode }) => {
      const ends = async (calls: typeof READS, codes: readonly string[]): Promise<void> => {
        await Promise.all(
          Object.entries(calls).map(async ([name, call]) => {
            const peer = await startPeer(serve);
            const { code, ms } = await failure(call, peer.port);
            await peer.close();
            expect(codes, name).toContain(code);
            expect(ms, name).toBeLessThan(BOUND_MS);
          }),
        );
      };
      await ends(READS, ['UNREACHABLE', 'PROTOCOL', 'REFUSED']);
      // An answer that can't be read does not say that nothing was done.
      await ends(
        CHANGES,
        listCode === 'UNREACHABLE' ? ['UNREACHABLE', 'OUTCOME_UNKNOWN'] : ['OUTCOME_UNKNOWN'],
      );
    },
  );

  it('tells how many stages of a task were read when the deadline passes between them', async () => {
    const master = oneStageMaster({ onChange: () => false });
    const server = await startTestServer({
      ...master,
      stageIds: () => ['s-1', 's-2', 's-3'],
      stage: (...asked) => {
        // The client's connection stays, and nothing more comes over it.
        if (asked[0] === 's-2') proxy.cut(Buffer.alloc(0));
        return master.stage(...asked);
      },
    });
    const proxy = await startProxy(server.port);
    const client = createMasterClient(clientOptions(proxy.port, { callTimeoutMs: DEADLINE_MS }));
    try {
      await expect(client.stagesOf('t')).rejects.toMatchObject({
        code: 'UNREACHABLE',
        message: expect.stringContaining('1 of 3 stages of t within 2000 ms') as unknown,
        hint: expect.stringContaining('--call-timeout') as unknown,
      });
    } finally {
      client.close();
      await proxy.close();
      await server.close(0);
    }
  });

  it.concurrent.each(Object.entries({ ...READS, ...CHANGES }))(
    'shares one deadline between what %s asks, when each connection is lost late',
    { timeout: 20_000 },
    async (_, call) => {
      const peer = await startPeer((socket) => {
        const held = setTimeout(() => socket.destroy(), 0.9 * DEADLINE_MS);
        socket.on('close', () => clearTimeout(held));
      });
      const { ms } = await failure(call, peer.port);
      await peer.close();
      expect(ms).toBeLessThan(BOUND_MS);
    },
  );
});
