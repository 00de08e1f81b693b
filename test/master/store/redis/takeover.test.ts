import { readFileSync } from 'node:fs';
import { expect, onTestFinished, test } from 'vitest';
import { RedisStore } from '../../../../src/master/store/redis/redis.ts';
import { isObject } from '../../../../src/master/store/decode.ts';
import { changes, stageState, submission } from '../../../contract/support/records.ts';
import { describeWith } from '../../../helpers/needs.ts';
import { noRedis, redisSettings, startRedis, type RedisServer } from '../../../helpers/redis-server.ts';

const FIXTURE = new URL('../../../fixtures/redis/java-master.json', import.meta.url);

interface Kept {
  readonly value: string;
  readonly ttl: number;
}
const { tasks: KEPT } = JSON.parse(readFileSync(FIXTURE, 'utf8')) as {
  tasks: Record<string, Record<string, Kept>>;
};

async function javaRedis(): Promise<RedisServer> {
  const server = await startRedis();
  for (const [key, { value, ttl }] of Object.values(KEPT).flatMap((keys) => Object.entries(keys)))
    await server.ask('SET', key, value, ...(ttl > 0 ? ['EX', String(ttl)] : []));
  return server;
}

async function opened(server: RedisServer, notices: string[] = []): Promise<RedisStore> {
  const store = await RedisStore.open(redisSettings(server.url), { onNotice: (text) => notices.push(text) });
  onTestFinished(() => store.close());
  return store;
}

const nameOf = (state: string): string =>
  Object.keys(KEPT[state] ?? {})
    .find((key) => key.startsWith('clic:task:'))
    ?.slice('clic:task:'.length) ?? '';

async function stored(server: RedisServer, key: string): Promise<Record<string, unknown>> {
  const value: unknown = JSON.parse(String(await server.ask('GET', key)));
  if (!isObject(value)) throw new Error(`${key} is no object`);
  return value;
}

/** What the Java master leaves of a record of ours that it rewrites. */
async function rewritten(server: RedisServer, key: string, fields: Record<string, unknown>): Promise<void> {
  const value = { ...(await stored(server, key)), ...fields };
  await server.ask('SET', key, JSON.stringify({ ...value, clic: undefined }));
}

describeWith(noRedis, 'a state that the Java master has left', () => {
  test('is taken over: tasks, what runs of them, and what their stages run', async () => {
    const server = await javaRedis();
    const store = await opened(server);
    const { tasks, plans, stages } = await store.load();
    expect(tasks).toHaveLength(Object.keys(KEPT).length);

    const running = tasks.find(({ name }) => name === nameOf('running'));
    expect(running).toMatchObject({
      planName: 'wordcount',
      status: 'RUNNING',
      submitTime: new Date(2026, 10, 24, 20, 22, 25).getTime(),
      startTime: new Date(2026, 10, 24, 20, 22, 27).getTime(),
      completeTime: null,
    });
    const planId = running?.planId ?? '';
    expect(plans.get(planId)?.stages).toMatchObject([
      {
        name: 'java-template-1',
        template: 'java-template',
        dependencies: [],
        reports: true,
        hasOutputs: true,
      },
      { name: 'spark-template-2', template: 'spark-template', dependencies: [0], reports: true },
    ]);
    expect(stages.get(nameOf('running'))).toEqual(
      new Map([[0, expect.objectContaining({ status: 'RUNNING', attempt: 1, live: true })]]),
    );
    expect(await store.readSpec(planId, 0)).toEqual({
      image: 'java-env:v0',
      command: [
        '/bin/sh',
        '-c',
        'java -jar /data/jars/executable-java.jar --udfPath=/data/udf/words.class --dagPath=/data/plans/wc-java.yml',
      ],
      entryWords: 2,
      pod: null,
      env: {},
      outputPath: '/data/out/words.csv',
      outputs: ['/data/out/words.csv'],
    });
    expect(stages.get(nameOf('prepared'))?.get(0)).toMatchObject({ status: 'PREPARED', live: true });
    expect(stages.get(nameOf('new'))).toEqual(new Map());
    expect(tasks.find(({ name }) => name === nameOf('new'))?.status).toBe('NEW');
    // An unfinished task stays for as long as it is.
    expect(await server.ask('TTL', `clic:task:${nameOf('running')}`)).toBe(-1);
  });

  test('is the same when it is read again, and needs no taking over then', async () => {
    const server = await javaRedis();
    const first = await (await opened(server)).load();
    const notices: string[] = [];
    const second = await (await opened(server, notices)).load();
    expect(notices).toEqual([]);
    const byName = <T extends { readonly name: string }>(list: readonly T[]): T[] =>
      list.toSorted((a, b) => a.name.localeCompare(b.name));
    expect(byName(second.tasks)).toEqual(byName(first.tasks));
    expect(second.stages).toEqual(first.stages);
  });

  test('is damaged where a key holds another kind of value, and that key is named', async () => {
    const server = await startRedis();
    await server.ask('SADD', 'clic:tasks', 'ghost');
    const store = await opened(server);
    await expect(store.load()).rejects.toThrow(/the record "clic:tasks" in .* is damaged: it holds another/);
  });

  test('leaves a task alone that lacks a stage, and says so', async () => {
    const server = await javaRedis();
    const key = Object.keys(KEPT['new'] ?? {}).find((one) => one.startsWith('clic:stage:')) ?? '';
    await server.ask('DEL', key);
    const before = await server.ask('GET', `clic:task:${nameOf('new')}`);
    const notices: string[] = [];
    const { tasks } = await (await opened(server, notices)).load();
    expect(tasks.map(({ name }) => name)).not.toContain(nameOf('new'));
    expect(notices.join('\n')).toContain(`its stage ${key.slice('clic:stage:'.length)} is not there`);
    expect(await server.ask('GET', `clic:task:${nameOf('new')}`)).toBe(before);
  });

  test('has what ours wrote, where the Java master went on with it', async () => {
    const server = await startRedis();
    const first = await opened(server);
    await first.write(submission('mine-abcdefgh', 2, { status: 'RUNNING', startTime: 1_795_415_014_200 }));
    await first.close();
    const [one, two] = [1, 2].map((n) => `clic:stage:mine-abcdefgh-java-template-${n}`);
    const times = { startTime: 'Nov 24, 2026, 8:22:27\u202fPM', completeTime: 'Nov 24, 2026 8:22:29 PM' };
    await rewritten(server, one ?? '', { stageStatus: 'COMPLETED', ...times });
    await rewritten(server, two ?? '', { stageStatus: 'COMPLETED', ...times });
    await rewritten(server, 'clic:task:mine-abcdefgh', { taskStatus: 'RUNNING' });
    const { tasks } = await (await opened(server)).load();
    expect(tasks).toMatchObject([
      {
        name: 'mine-abcdefgh',
        planDir: '/data/plans',
        planId: 'plan-of-mine-abcdefgh',
        status: 'COMPLETED',
        completeTime: new Date(2026, 10, 24, 20, 22, 29).getTime(),
      },
    ]);
  });
});

describeWith(noRedis, 'what ours writes', () => {
  test('has the fields of the Java master, and an end only where the task has one', async () => {
    const server = await startRedis();
    const store = await opened(server);
    await store.write(submission('wc-abcdefgh', 2));
    const failed = stageState({ status: 'FAILED', attempt: 2, startTime: 1000, completeTime: 2000 });
    await store.write(changes({ stages: [{ taskName: 'wc-abcdefgh', index: 1, state: failed }] }));
    expect(await stored(server, 'clic:stage:wc-abcdefgh-java-template-2')).toMatchObject({
      stageId: 'wc-abcdefgh-java-template-2',
      platformName: 'java',
      retryCounts: 1,
      parentStageIds: [],
      childStageIds: [],
      stageStatus: 'SUSPEND',
      startTime: '1970-01-01T00:00:01.000Z',
      clic: { status: 'FAILED' },
    });
    expect(await server.ask('TTL', 'clic:task:wc-abcdefgh')).toBe(-1);
    await store.write(submission('wc-abcdefgh', 2, { status: 'FAILED', completeTime: 3000 }));
    const ttl = Number(await server.ask('TTL', 'clic:task:wc-abcdefgh'));
    expect(ttl).toBeGreaterThan(2_591_000);
    expect(ttl).toBeLessThanOrEqual(2_592_000);
    expect(await server.ask('TTL', 'clic:stage:wc-abcdefgh-java-template-1')).toBeGreaterThan(ttl);
  });

  test('goes from the index and with its plan when Redis has let it go', async () => {
    const server = await startRedis();
    const store = await opened(server);
    await store.write(submission('wc-abcdefgh', 1, { status: 'COMPLETED', completeTime: 3000 }));
    await server.ask('DEL', 'clic:task:wc-abcdefgh');
    expect((await (await opened(server)).load()).tasks).toEqual([]);
    expect(await server.ask('EXISTS', 'clic:plan:plan-of-wc-abcdefgh', 'clic:tasks', 'clic:plans')).toBe(0);
  });
});
