import { describe, expect, it } from 'vitest';
import { clic } from '../helpers/clic-process.ts';
import { LIST_REPLY, MISBEHAVIOURS, listReply } from '../helpers/misbehaving-servers.ts';
import { startPeer, startReplayer } from '../helpers/peer.ts';

const EXIT = { UNREACHABLE: 6, PROTOCOL: 6, REFUSED: 1 };
/** Deadline, retries and the start of the process, on a busy machine. */
const BOUND_S = 15;
const QUICK = ['--call-timeout', '1s', '--read-retries', '1'];

function expectPlainFailure({ stdout, stderr }: { stdout: string; stderr: string }): void {
  expect(stdout).toBe('');
  expect(stderr).toMatch(/^clic: \S/m);
  expect(stderr).not.toMatch(/^ +at /m);
  expect(stderr).not.toContain('internal error');
}

describe('clic, against a server that misbehaves', () => {
  it.each(MISBEHAVIOURS)(
    'ends in time with its exit code and a message when the server $name',
    async ({ serve, code }) => {
      const peer = await startPeer(serve);
      const result = await clic(['-list_task', ...QUICK], { port: peer.port });
      await peer.close();
      expectPlainFailure(result);
      expect(result.exitCode).toBe(EXIT[code]);
      expect(result.seconds).toBeLessThan(BOUND_S);
    },
  );

  it('ends with 6 when nothing listens', async () => {
    const peer = await startPeer(() => undefined);
    await peer.close();
    const result = await clic(['-list_task', ...QUICK], { port: peer.port });
    expectPlainFailure(result);
    expect(result.exitCode).toBe(6);
    expect(result.stderr).toContain('connection refused');
  });

  it('ends with 6 when the master speaks no TLS and TLS is asked for', async () => {
    const peer = await startReplayer([LIST_REPLY]);
    const result = await clic(['-list_task', '--tls', ...QUICK], { port: peer.port });
    await peer.close();
    expectPlainFailure(result);
    expect(result.exitCode).toBe(6);
  });

  it('tells errors as JSON where JSON is asked for', async () => {
    const peer = await startPeer((socket) => socket.destroy());
    const result = await clic(['list', '-o', 'json', ...QUICK], { port: peer.port });
    await peer.close();
    expect(result.stdout).toBe('');
    expect(JSON.parse(result.stderr)).toMatchObject({
      error: { code: 'UNREACHABLE', message: expect.any(String) as string },
    });
    expect(result.exitCode).toBe(6);
  });

  it('ends with 7 when a submission gets no answer and no task appears', async () => {
    const empty = listReply('0f0000 0d00000000 00');
    const peer = await startPeer((socket, index) => {
      // The first connection is asked for the list, the second gets the submission and drops it.
      let seqid = index === 0 ? 1 : 3;
      socket.on('data', (request: Buffer) => {
        if (request.includes('submitPlan')) return socket.destroy();
        const reply = Buffer.from(empty);
        reply.writeInt32BE(seqid++, 8 + 'listAllTask'.length);
        return socket.write(reply);
      });
    });
    const result = await clic(['submit', 'lost', '/data/plan.yaml', '--no-lint', ...QUICK], {
      port: peer.port,
    });
    await peer.close();
    expectPlainFailure(result);
    expect(result.exitCode).toBe(7);
    expect(
      Buffer.concat(peer.received)
        .toString('latin1')
        .match(/submitPlan/g),
    ).toHaveLength(1);
  });
});
