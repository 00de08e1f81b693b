import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { ConfigError, RefusedError } from '../../../../src/model/errors.ts';
import { RedisStore } from '../../../../src/master/store/redis/redis.ts';
import { changes, submission } from '../../../contract/support/records.ts';
import { scratchDir } from '../../../contract/support/scratch.ts';
import { describeWith } from '../../../helpers/needs.ts';
import {
  DURABLE,
  noRedis,
  noValkey,
  redisSettings,
  startRedis,
  type RedisServer,
} from '../../../helpers/redis-server.ts';

async function opened(server: RedisServer, told: (string | null)[] = []): Promise<RedisStore> {
  const store = await RedisStore.open(redisSettings(server.url), {
    onWaiting: (problem) => told.push(problem),
  });
  onTestFinished(() => store.close());
  return store;
}

describeWith(noRedis, 'a Redis that is away', () => {
  test('gets the write when it is back; until then reads are refused, and it is told once', async () => {
    const server = await startRedis();
    const told: (string | null)[] = [];
    const store = await opened(server, told);
    await store.write(submission('before-abcdefgh', 1));
    await server.kill();
    const writing = store.write(submission('meanwhile-abcdefgh', 1));
    await expect.poll(() => told).toEqual([expect.stringContaining("can't be reached")]);
    await expect(store.readSpec('plan-of-before-abcdefgh', 0)).rejects.toBeInstanceOf(RefusedError);
    const launched = store.readSpec('plan-of-before-abcdefgh', 0, 'waits');
    await server.start();
    await writing;
    expect(await launched).toMatchObject({ command: ['/bin/true'] });
    expect(told).toEqual([expect.any(String), null]);
    expect((await store.load()).tasks).toHaveLength(2);
  });

  test('takes the write when it has the replicas again that it wants, and that it had not was told once', async () => {
    const server = await startRedis();
    const told: (string | null)[] = [];
    const store = await opened(server, told);
    await server.ask('CONFIG', 'SET', 'min-replicas-to-write', '1');
    const writing = store.write(submission('late-abcdefgh', 1));
    await expect.poll(() => told).toEqual([expect.stringContaining('takes no writes: NOREPLICAS')]);
    const connections = async (): Promise<string | undefined> =>
      /total_connections_received:(\d+)/.exec(String(await server.ask('INFO', 'stats')))?.[1];
    const before = Number(await connections());
    // Each look is a connection; the store keeps its own.
    expect(Number(await connections())).toBe(before + 1);
    await server.ask('CONFIG', 'SET', 'min-replicas-to-write', '0');
    await writing;
    expect(told).toEqual([expect.any(String), null]);
  });

  test('is not waited for by who leaves', async () => {
    const server = await startRedis();
    const store = await opened(server);
    await server.kill();
    const writing = store.write(submission('never-abcdefgh', 1));
    store.leave();
    await expect(writing).rejects.toThrow();
    await store.close();
  });

  test(
    'has all that was acknowledged when it was killed with -9 at any moment',
    { timeout: 60_000 },
    async () => {
      const server = await startRedis();
      const store = await opened(server);
      const acknowledged = new Set<string>();
      const over = new AbortController();
      const writing = (async () => {
        for (let n = 0; !over.signal.aborted; n += 1) {
          const name = `task-${n}`;
          await store.write(submission(name, 3));
          acknowledged.add(name);
          if (n % 3 !== 2) continue;
          const gone = `task-${n - 1}`;
          await store.write(changes({ deletedTasks: [gone], deletedPlans: [`plan-of-${gone}`] }));
          acknowledged.delete(gone);
        }
      })();
      for (let round = 0; round < 5; round += 1) {
        const size = acknowledged.size;
        await expect
          .poll(() => acknowledged.size, { timeout: 20_000 })
          .toBeGreaterThan(size + 20 * Math.random());
        await server.kill();
        await server.start();
      }
      over.abort();
      await writing;
      await server.kill();
      await server.start();
      const after = await opened(server);
      const there = (await after.load()).tasks.map(({ name }) => name).sort();
      expect(there).toEqual([...acknowledged].sort());
    },
  );
});

describeWith(noRedis, 'a Redis that can lose what it acknowledges', () => {
  test.each([
    [['--appendonly', 'no'], 'appendonly yes'],
    [['--appendonly', 'yes', '--appendfsync', 'everysec'], 'appendfsync always'],
    [[...DURABLE, '--maxmemory-policy', 'volatile-lru'], 'maxmemory-policy noeviction'],
  ])('is refused with the setting to change: %j', async (args, setting) => {
    const server = await startRedis(args);
    const opening = RedisStore.open(redisSettings(server.url));
    await expect(opening).rejects.toBeInstanceOf(ConfigError);
    await expect(opening).rejects.toMatchObject({ hint: expect.stringContaining(setting) as string });
    const store = await RedisStore.open(redisSettings(server.url, { allowVolatile: true }));
    await store.close();
  });
});

describeWith(noRedis, 'a user of Redis', () => {
  const MAY =
    '+evalsha +eval +get +set +del +mget +incr +pexpire +hget +hmget +hset +hdel +hscan +sadd +srem +sscan +rpush +lrange +llen +scan +info +select';

  test('needs what the manual says, and its password from a file', async () => {
    const server = await startRedis();
    const file = join(await scratchDir(), 'password');
    writeFileSync(file, 'secret\n');
    const rules = `on >secret resetkeys ~clic:* resetchannels -@all ${MAY}`.split(' ');
    await server.ask('ACL', 'SETUSER', 'clic-master', ...rules);
    const settings = redisSettings(server.url, { user: 'clic-master', passwordFile: file });
    await expect(RedisStore.open(settings)).rejects.toMatchObject({
      hint: expect.stringContaining('+config|get') as string,
    });
    await server.ask('ACL', 'SETUSER', 'clic-master', '+config|get');
    const store = await RedisStore.open(settings);
    onTestFinished(() => store.close());
    await store.write(submission('wc-abcdefgh', 2));
    await store.write(submission('wc-abcdefgh', 2, { status: 'COMPLETED', completeTime: 1000 }));
    const failure = 'x'.repeat(17 * 1024 * 1024);
    await store.write(submission('large-abcdefgh', 1, { failure }));
    expect((await store.load()).tasks).toHaveLength(2);
    expect(await store.readStage('wc-abcdefgh', 0)).not.toBeNull();
    expect(await store.readSpec('plan-of-wc-abcdefgh', 0)).not.toBeNull();
    await store.write(changes({ deletedTasks: ['wc-abcdefgh'], deletedPlans: ['plan-of-wc-abcdefgh'] }));

    writeFileSync(file, 'wrong');
    await expect(RedisStore.open(settings)).rejects.toThrow(/refuses this user: WRONGPASS/);
  });
});

describeWith(noValkey, 'a Valkey that may be volatile', () => {
  test('and never writes to its disk by itself is not asked whether it has', async () => {
    const server = await startRedis(['--appendonly', 'yes', '--appendfsync', 'no'], { kind: 'valkey' });
    const store = await RedisStore.open(redisSettings(server.url, { allowVolatile: true }));
    onTestFinished(() => store.close());
    await store.write(submission('quick-abcdefgh', 1));
    expect(String(await server.ask('INFO', 'commandstats'))).not.toContain('cmdstat_waitaof');
  });
});
