import { afterEach, describe, expect, it } from 'vitest';
import type { MasterClient } from '../../src/model/master-client.ts';
import { createMasterClient } from '../../src/rpc/connect.ts';
import { clientOptions, startReplayer, type Peer } from '../helpers/peer.ts';
import { recording } from '../helpers/wire.ts';

const STAGE_1 = 'wordcount-tfumtgtx-java-template-1';
const STAGE_2 = 'wordcount-tfumtgtx-spark-template-2';

/** What the Java shell asked in each recording, asked by ours. */
const CASES: Record<string, (client: MasterClient) => Promise<unknown>> = {
  submit: (client) => client.submitPlan('wordcount', '/data/plans/wordcount.yaml'),
  'list-new': (client) => client.listTasks(),
  'task-new': (client) => client.task('wordcount-tfumtgtx'),
  'task-completed': (client) => client.task('wordcount-tfumtgtx'),
  'task-unknown': (client) => client.task('nope'),
  'stages-new': (client) => client.stagesOf('wordcount-tfumtgtx'),
  'stage-source': (client) => client.stage(STAGE_1),
  'result-completed': (client) => client.resultPath(STAGE_2),
  'result-not-completed': (client) => client.resultPath(STAGE_1),
  'suspend-true': (client) => client.suspendStage(STAGE_2),
  'suspend-false': (client) => client.suspendStage(STAGE_2),
  'continue-true': (client) => client.continueStage(STAGE_2),
};

let peer: Peer | undefined;
let client: MasterClient | undefined;
afterEach(async () => {
  client?.close();
  await peer?.close();
});

async function replay(name: string): Promise<unknown> {
  const { exchanges } = recording(name);
  peer = await startReplayer(exchanges.map((exchange) => Buffer.from(exchange.reply, 'hex')));
  client = createMasterClient(clientOptions(peer.port));
  return CASES[name]!(client);
}

describe('the client, against the recorded answers of the Java master', () => {
  it.each(Object.keys(CASES))('sends the bytes that the Java shell sent: %s', async (name) => {
    await replay(name).catch(() => undefined);
    const sent = Buffer.concat(peer!.received).toString('hex');
    expect(sent).toBe(
      recording(name)
        .exchanges.map((exchange) => exchange.request)
        .join(''),
    );
  });

  it('reads a list of tasks', async () => {
    expect(await replay('list-new')).toEqual([
      {
        name: 'wordcount-tfumtgtx',
        planName: null,
        submitTime: '2026-11-23T06:24:07',
        startTime: null,
        completeTime: null,
        submitAt: null,
        startAt: null,
        completeAt: null,
        status: 'NEW',
        runtimeSeconds: null,
        failure: null,
        submittedHere: false,
      },
    ]);
  });

  it('reads a completed task with its stages', async () => {
    expect(await replay('task-completed')).toMatchObject({
      status: 'COMPLETED',
      completeTime: '2026-11-23T06:24:16',
      runtimeSeconds: 3,
      stageCount: 2,
      stageIds: [STAGE_1, STAGE_2],
    });
  });

  it('derives the status of a stage from its times where the master sends none', async () => {
    expect(await replay('stage-source')).toMatchObject({
      id: STAGE_1,
      platform: 'java',
      parents: [],
      children: [STAGE_2],
      status: 'WAITING',
      statusSource: 'times',
      retryCount: 0,
    });
  });

  it('says that an unknown task is not found', async () => {
    await expect(replay('task-unknown')).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('has no result path for an empty result, and the path for a full one', async () => {
    expect(await replay('result-not-completed')).toBeNull();
    await peer!.close();
    expect(await replay('result-completed')).toBe('/data/out/wordcount.csv');
  });

  it('passes on whether a stage was suspended', async () => {
    expect(await replay('suspend-true')).toBe(true);
    await peer!.close();
    expect(await replay('suspend-false')).toBe(false);
  });

  it('tells an unknown task from a busy master when the Java master answers both with an internal error', async () => {
    const replies = [recording('stages-unknown'), recording('task-unknown')].map(
      (r) => r.exchanges[0]!.reply,
    );
    // The second answer comes to the second request of the connection.
    const second = Buffer.from(replies[1]!, 'hex');
    second.writeInt32BE(2, 4 + 4 + 'getTaskInfo'.length);
    peer = await startReplayer([Buffer.from(replies[0]!, 'hex'), second]);
    client = createMasterClient(clientOptions(peer.port));
    await expect(client.stageIds('nope')).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});
