import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import type { LoadedState, Store } from '../../src/master/store/store.ts';
import { openStore, STORE_KINDS, type StoreKind } from '../../src/master/store/open.ts';
import { describeWith } from '../helpers/needs.ts';
import {
  DURABLE,
  EVERY_SECOND,
  noRedis,
  noValkey,
  redisSettings,
  RedisServer,
} from '../helpers/redis-server.ts';
import { changes, planOf, stageState, submission, taskRecord } from './support/records.ts';
import { scratchDir } from './support/scratch.ts';

/** A store, and what a master finds in it that starts after this one. */
interface Tested {
  readonly store: Store;
  readonly next: () => Promise<Store>;
}

/** One for all tests: each has its own prefix. */
let server: RedisServer | null = null;
let prefixes = 0;

async function opened(kind: StoreKind): Promise<Tested> {
  const dir = await scratchDir();
  const prefix = `clic-${(prefixes += 1)}:`;
  const redis = server === null ? null : redisSettings(server.url, { prefix });
  let store = await openStore(kind, dir, { redis });
  onTestFinished(() => store.close());
  return {
    store,
    async next() {
      // What is kept in memory lives as long as its store.
      if (kind === 'memory') return store;
      await store.close();
      store = await openStore(kind, dir, { redis });
      return store;
    },
  };
}

const names = (state: LoadedState): string[] => state.tasks.map(({ name }) => name).sort();
const OVER = { completeTime: 1_795_415_014_999, status: 'COMPLETED' } as const;

/** @param isValkey over a Valkey, which is durable by WAITAOF alone */
const suite = (kind: StoreKind, isValkey = false): void => {
  if (kind === 'redis') {
    const redis = new RedisServer(isValkey ? { kind: 'valkey' } : {});
    beforeAll(async () => {
      await redis.start(isValkey ? EVERY_SECOND : DURABLE);
      server = redis;
    });
    afterAll(async () => {
      server = null;
      await redis.remove();
    });
  }

  test('is empty at first', async () => {
    const { store } = await opened(kind);
    expect(await store.load()).toEqual({ tasks: [], plans: new Map(), stages: new Map() });
    expect(await store.readPlan('nobody')).toBeNull();
    expect(await store.readSpec('nobody', 0)).toBeNull();
    expect(await store.readStage('nobody', 0)).toBeNull();
  });

  test('answers what was written, every field of it', async () => {
    const { store, next } = await opened(kind);
    const plan = planOf('p1', 2);
    const outline = {
      deadlineMs: 60_000.5,
      parallelism: 4,
      stages: [
        plan.outline.stages[0]!,
        {
          name: 'zählen 数',
          template: 'spark-template',
          dependencies: [0],
          retry: { limit: 2, delayMs: 1500, factor: 1.5, maxDelayMs: null, maxDurationMs: 9000 },
          deadlineMs: 5000,
          reports: true,
          hasOutputs: true,
        },
      ],
    };
    const spec = {
      image: 'registry.example/spark:3',
      command: ['/bin/sh', '-c', 'echo "$HOME" \'x\'\n', ''],
      entryWords: 2,
      pod: {
        container: { env: [{ name: 'TOKEN', valueFrom: { secretKeyRef: { name: 's', key: 'k' } } }] },
        pod: { nodeSelector: { disk: 'ssd' } },
        labels: { team: 'x' },
        annotations: {},
        patch: { priority: 1 },
      },
      env: { GREETING: '你好\nworld', 'spark.driver.memory': '1g' },
      outputPath: 'hdfs://name/数据',
      outputs: ['hdfs://name/数据', '/data/o'],
    };
    const state = stageState({
      status: 'FAILED',
      attempt: 3,
      recovered: true,
      reportedTime: 1_795_415_014_255,
      overdue: true,
      stopReason: 'stopped',
      retryCount: 2,
      lossCount: 1,
      displacedCount: 2,
      notBefore: 1_795_415_014_250,
      firstStartTime: 1_795_415_014_240,
      startTime: 1_795_415_014_260,
      completeTime: 1_795_415_014_299,
      failure: { attempt: 3, reason: 'exited with code 1', hasLog: true },
    });
    const task = taskRecord('wc-abcdefgh', {
      planId: 'p1',
      seq: 7,
      startTime: 5,
      status: 'FAILED',
      failure: 'late',
    });
    await store.write(
      changes({
        plans: [{ id: 'p1', outline, specs: [plan.specs[0]!, spec] }],
        tasks: [task],
        stages: [{ taskName: task.name, index: 1, state }],
      }),
    );
    const after = await next();
    expect(await after.load()).toEqual({
      tasks: [task],
      plans: new Map([['p1', outline]]),
      stages: new Map([[task.name, new Map([[1, state]])]]),
    });
    expect(await after.readPlan('p1')).toEqual(outline);
    expect(await after.readSpec('p1', 1)).toEqual(spec);
    expect(await after.readSpec('p1', 2)).toBeNull();
    expect(await after.readStage(task.name, 1)).toEqual(state);
    expect(await after.readStage(task.name, 0)).toBeNull();
  });

  test('keeps the last of several writes', async () => {
    const { store, next } = await opened(kind);
    await store.write(submission('wc-abcdefgh', 1));
    await store.write(changes({ tasks: [taskRecord('wc-abcdefgh', { status: 'RUNNING' })] }));
    for (const attempt of [2, 3]) {
      const state = stageState({ attempt });
      await store.write(changes({ stages: [{ taskName: 'wc-abcdefgh', index: 0, state }] }));
    }
    const loaded = await (await next()).load();
    expect(loaded.tasks.map((task) => task.status)).toEqual(['RUNNING']);
    expect(loaded.stages.get('wc-abcdefgh')?.get(0)?.attempt).toBe(3);
  });

  test('holds of tasks that are over nothing but their records, and reads the rest when it is asked', async () => {
    const { store, next } = await opened(kind);
    await store.write(submission('over-abcdefgh', 2, OVER));
    await store.write(submission('runs-abcdefgh', 2));
    const after = await next();
    const loaded = await after.load();
    expect(names(loaded)).toEqual(['over-abcdefgh', 'runs-abcdefgh']);
    expect([...loaded.plans.keys()]).toEqual(['plan-of-runs-abcdefgh']);
    expect([...loaded.stages.keys()]).toEqual(['runs-abcdefgh']);
    expect(await after.readStage('over-abcdefgh', 1)).toMatchObject({ attempt: 1 });
    expect((await after.readPlan('plan-of-over-abcdefgh'))?.stages).toHaveLength(2);
  });

  test('deletes a task with its stages, and a plan with what it runs, and nothing else', async () => {
    const { store, next } = await opened(kind);
    for (const name of ['wc-abcdefgh', 'wc-abcdefgh-x', 'wc-abcdefg']) await store.write(submission(name, 3));
    await store.write(
      changes({ deletedTasks: ['wc-abcdefgh', 'was-never-there'], deletedPlans: ['plan-of-wc-abcdefgh'] }),
    );
    const after = await next();
    expect(names(await after.load())).toEqual(['wc-abcdefg', 'wc-abcdefgh-x']);
    expect(await after.readStage('wc-abcdefgh', 0)).toBeNull();
    expect(await after.readPlan('plan-of-wc-abcdefgh')).toBeNull();
    expect(await after.readSpec('plan-of-wc-abcdefgh', 2)).toBeNull();
    expect(await after.readStage('wc-abcdefgh-x', 2)).not.toBeNull();
    expect(await after.readSpec('plan-of-wc-abcdefgh-x', 2)).not.toBeNull();
  });

  test('keeps a plan that goes and comes back in one write', async () => {
    const { store, next } = await opened(kind);
    await store.write(submission('old', 1, { planId: 'p' }));
    await store.write({
      ...submission('new', 1, { planId: 'p' }),
      deletedTasks: ['old'],
      deletedPlans: ['p'],
    });
    const after = await next();
    expect(names(await after.load())).toEqual(['new']);
    expect(await after.readSpec('p', 0)).not.toBeNull();
  });

  test('keeps unusual texts and large values as they are', async () => {
    const { store, next } = await opened(kind);
    const reason = '大'.repeat(1_000_000);
    const state = stageState({ failure: { attempt: 1, reason, hasLog: false } });
    const task = taskRecord('wc-abcdefgh', { planDir: '/计划\n/\u{1F600}', planId: 'p' });
    await store.write(
      changes({ plans: [planOf('p', 1)], tasks: [task], stages: [{ taskName: task.name, index: 0, state }] }),
    );
    const loaded = await (await next()).load();
    expect(loaded.tasks).toEqual([task]);
    expect(loaded.stages.get(task.name)?.get(0)).toEqual(state);
  });

  test('holds ten thousand tasks of five stages', async () => {
    const { store, next } = await opened(kind);
    for (let from = 0; from < 10_000; from += 1000) {
      const some = Array.from({ length: 1000 }, (_, n) =>
        submission(`wc-${from + n}`, 5, { planId: 'p', ...(n % 10 === 0 ? {} : OVER) }),
      );
      await store.write(
        changes({
          plans: [planOf('p', 5)],
          tasks: some.flatMap(({ tasks }) => tasks),
          stages: some.flatMap(({ stages }) => stages),
        }),
      );
    }
    const loaded = await (await next()).load();
    expect(loaded.tasks).toHaveLength(10_000);
    expect(loaded.stages.size).toBe(1000);
    expect([...loaded.stages.values()].every((stages) => stages.size === 5)).toBe(true);
  });
};

for (const kind of STORE_KINDS)
  describeWith(kind === 'redis' ? noRedis : null, `the ${kind} store`, () => suite(kind));

describeWith(noValkey, 'the redis store over Valkey', () => suite('redis', true));
