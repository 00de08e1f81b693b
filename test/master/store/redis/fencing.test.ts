import { expect, onTestFinished, test } from 'vitest';
import { RedisStore } from '../../../../src/master/store/redis/redis.ts';
import { StoreFencedError, StoreRewoundError } from '../../../../src/master/store/store.ts';
import { changes, planOf, submission, taskRecord } from '../../../contract/support/records.ts';
import { describeWith } from '../../../helpers/needs.ts';
import { noRedis, redisSettings, startRedis, type RedisServer } from '../../../helpers/redis-server.ts';

async function opened(
  server: RedisServer,
  onFenced: (reason: unknown) => void = () => undefined,
): Promise<RedisStore> {
  const store = await RedisStore.open(redisSettings(server.url), { onFenced });
  onTestFinished(() => store.close());
  return store;
}

async function everything(server: RedisServer): Promise<Record<string, unknown>> {
  const keys = (await server.ask('KEYS', '*')) as string[];
  return Object.fromEntries(
    await Promise.all(keys.sort().map(async (key) => [key, await server.ask('DUMP', key)] as const)),
  );
}

describeWith(noRedis, 'two stores over one Redis', () => {
  test('only the one that was opened last writes; the other is told, and changes nothing', async () => {
    const server = await startRedis();
    const older = await opened(server);
    await older.write(submission('first-abcdefgh', 2));
    const newer = await opened(server);
    await newer.write(submission('second-abcdefgh', 2));
    const before = await everything(server);
    const writing = older.write(changes({ deletedTasks: ['first-abcdefgh'] }));
    await expect(writing).rejects.toBeInstanceOf(StoreFencedError);
    await expect(older.write(submission('third-abcdefgh', 1))).rejects.toThrow(
      'another master has taken over',
    );
    expect(await everything(server)).toEqual(before);
    await newer.write(submission('fourth-abcdefgh', 1));
    expect((await newer.load()).tasks).toHaveLength(3);
  });

  test('the one that was opened first is told so within seconds, where it writes nothing, too', async () => {
    const server = await startRedis();
    const told: unknown[] = [];
    const older = await opened(server, (reason) => told.push(reason));
    await older.write(submission('first-abcdefgh', 1));
    // It has been asked whether it is alive, and told nothing, while it was the only one.
    const beats = async (): Promise<number> =>
      Number(/cmdstat_get:calls=(\d+)/.exec(String(await server.ask('INFO', 'commandstats')))?.[1] ?? 0);
    const before = await beats();
    await expect.poll(beats).toBeGreaterThan(before + 1);
    expect(told).toEqual([]);
    await opened(server);
    await expect.poll(() => told, { timeout: 5000 }).not.toEqual([]);
    expect(told[0]).toBeInstanceOf(StoreFencedError);
    expect(told[0]).toMatchObject({ message: expect.stringContaining('FENCED by epoch 2') as string });
  });

  test('one that is told late puts nothing of a large batch aside', async () => {
    const server = await startRedis();
    const older = await opened(server);
    await opened(server);
    const failure = 'x'.repeat(9 * 1024 * 1024);
    const large = changes({
      plans: [planOf('p', 1)],
      tasks: ['a', 'b'].map((name) => taskRecord(name, { planId: 'p', failure })),
    });
    await expect(older.write(large)).rejects.toBeInstanceOf(StoreFencedError);
    expect(await server.ask('EXISTS', 'clic:staged')).toBe(0);
  });

  test('share nothing where their prefixes differ', async () => {
    const server = await startRedis();
    const one = await opened(server);
    const other = await RedisStore.open(redisSettings(server.url, { prefix: 'clic:[x]*' }));
    onTestFinished(() => other.close());
    await one.write(submission('one-abcdefgh', 1));
    await other.write(submission('other-abcdefgh', 1));
    await one.write(submission('two-abcdefgh', 1));
    expect((await one.load()).tasks.map(({ name }) => name).sort()).toEqual(['one-abcdefgh', 'two-abcdefgh']);
    expect((await other.load()).tasks.map(({ name }) => name)).toEqual(['other-abcdefgh']);
  });
});

describeWith(noRedis, 'a batch', () => {
  test('that is larger than a message is written as a whole', async () => {
    const server = await startRedis();
    const store = await opened(server);
    const names = ['a-abcdefgh', 'b-abcdefgh', 'c-abcdefgh'];
    const failure = 'ü'.repeat(9 * 1024 * 1024);
    await store.write(
      changes({
        plans: [planOf('p', 1)],
        tasks: names.map((name) => taskRecord(name, { planId: 'p', failure })),
      }),
    );
    expect(await server.ask('EXISTS', 'clic:staged')).toBe(0);
    const { tasks } = await store.load();
    expect(tasks.map((task) => [task.name, task.failure?.length]).sort()).toEqual(
      names.map((name) => [name, failure.length]),
    );
  });

  test('is refused where Redis has gone back to an older state', async () => {
    const server = await startRedis();
    const store = await opened(server);
    await store.write(submission('first-abcdefgh', 1));
    const batch = await server.ask('GET', 'clic:batch');
    await store.write(submission('second-abcdefgh', 1));
    await server.ask('SET', 'clic:batch', String(batch));
    await expect(store.write(submission('third-abcdefgh', 1))).rejects.toBeInstanceOf(StoreRewoundError);
    expect(await server.ask('EXISTS', 'clic:task:third-abcdefgh')).toBe(0);
  });
});
