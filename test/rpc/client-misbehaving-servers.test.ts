import { describe, expect, it } from 'vitest';
import { createMasterClient } from '../../src/rpc/connect.ts';
import { MISBEHAVIOURS, LIST_REPLY } from '../helpers/misbehaving-servers.ts';
import { clientOptions, startPeer } from '../helpers/peer.ts';

describe('the client, against a server that misbehaves', () => {
  it.concurrent.each(MISBEHAVIOURS)('ends with a typed error when it $name', async ({ serve, code }) => {
    const peer = await startPeer(serve);
    const client = createMasterClient(clientOptions(peer.port, { callTimeoutMs: 1_000 }));
    try {
      await expect(client.listTasks()).rejects.toMatchObject({ code });
    } finally {
      client.close();
      await peer.close();
    }
  });

  it('ends with a typed error when nothing listens', async () => {
    const peer = await startPeer(() => undefined);
    await peer.close();
    const client = createMasterClient(clientOptions(peer.port));
    await expect(client.listTasks()).rejects.toMatchObject({ code: 'UNREACHABLE', sent: false });
  });

  it('ends with a typed error when the host does not exist', async () => {
    const client = createMasterClient(clientOptions(7777, { host: 'no-such-host.invalid' }));
    await expect(client.listTasks()).rejects.toMatchObject({ code: 'UNREACHABLE' });
  });

  it('tries a read again after a lost connection', async () => {
    const peer = await startPeer((socket, index) => {
      if (index < 2) socket.destroy();
      else socket.on('data', () => socket.write(withSeqid(LIST_REPLY, 3)));
    });
    const client = createMasterClient(clientOptions(peer.port, { readRetries: 4 }));
    const tasks = await client.listTasks();
    client.close();
    await peer.close();
    expect(tasks).toHaveLength(1);
  });

  it('never sends a submission twice', async () => {
    const peer = await startPeer((socket) => socket.once('data', () => socket.destroy()));
    const client = createMasterClient(clientOptions(peer.port, { readRetries: 4 }));
    await expect(client.submitPlan('wordcount', '/p.yaml')).rejects.toMatchObject({
      code: 'OUTCOME_UNKNOWN',
    });
    await peer.close();
    expect(peer.connections).toBe(1);
  });

  it('reads an answer that arrives byte by byte', async () => {
    const peer = await startPeer((socket) => {
      socket.setNoDelay(true);
      socket.once('data', () => {
        void (async () => {
          for (const byte of LIST_REPLY) await new Promise((sent) => socket.write(Buffer.of(byte), sent));
        })();
      });
    });
    const client = createMasterClient(clientOptions(peer.port));
    expect(await client.listTasks()).toHaveLength(1);
    client.close();
    await peer.close();
  });
});

function withSeqid(message: Buffer, seqid: number): Buffer {
  const copy = Buffer.from(message);
  copy.writeInt32BE(seqid, 8 + copy.readInt32BE(4));
  return copy;
}
