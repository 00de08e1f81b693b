import { describe, expect, onTestFinished, test } from 'vitest';
import { openStore, STORE_KINDS, type StoreKind } from '../../src/master/store/open.ts';
import type { Changes, Store } from '../../src/master/store/store.ts';
import { stageRecord, taskRecord, taskWithStages } from './support/records.ts';
import { scratchDir } from './support/scratch.ts';

/** A store, and what a master finds in it that starts after this one. */
interface Tested {
  readonly store: Store;
  readonly next: () => Promise<Store>;
}

async function opened(kind: StoreKind): Promise<Tested> {
  const dir = await scratchDir();
  let store = await openStore(kind, dir);
  onTestFinished(() => store.close());
  return {
    store,
    async next() {
      // What is kept in memory lives as long as its store.
      if (kind === 'memory') return store;
      await store.close();
      store = await openStore(kind, dir);
      return store;
    },
  };
}

function changes(fields: Partial<Changes>): Changes {
  return { tasks: [], stages: [], deletedTasks: [], ...fields };
}

function sorted<T>(records: readonly T[], key: (record: T) => string): T[] {
  return [...records].sort((a, b) => (key(a) < key(b) ? -1 : 1));
}

describe.each(STORE_KINDS)('the %s store', (kind) => {
  test('is empty at first', async () => {
    const { store } = await opened(kind);
    expect(await store.load()).toEqual({ tasks: [], stages: [] });
  });

  test('answers what was written, every field of it', async () => {
    const { store, next } = await opened(kind);
    const task = taskRecord('wc-abcdefgh', {
      seq: 7,
      startTime: 1_795_415_014_200,
      completeTime: 1_795_415_014_300,
      status: 'FAILED',
      stageIds: ['wc-abcdefgh-java-1', 'wc-abcdefgh-spark-2'],
    });
    const full = stageRecord('wc-abcdefgh-spark-2', 'wc-abcdefgh', {
      index: 1,
      platform: 'spark',
      template: 'spark-template',
      image: 'registry.example/spark:3',
      command: ['/bin/sh', '-c', 'echo "$HOME" \'x\'\n', ''],
      env: { GREETING: '你好\nworld', 'spark.driver.memory': '1g' },
      outputPath: 'hdfs://name/数据',
      parents: ['wc-abcdefgh-java-1'],
      children: [],
      status: 'FAILED',
      attempt: 3,
      live: true,
      takenUp: true,
      retryCount: 2,
      notBefore: 1_795_415_014_250.5,
      startTime: 1_795_415_014_260,
      completeTime: 1_795_415_014_299,
      failure: 'exit status 1',
    });
    const plain = stageRecord('wc-abcdefgh-java-1', 'wc-abcdefgh');
    await store.write(changes({ tasks: [task], stages: [full, plain] }));
    const loaded = await (await next()).load();
    expect(loaded.tasks).toEqual([task]);
    expect(sorted(loaded.stages, (stage) => stage.id)).toEqual([plain, full]);
  });

  test('keeps the last of several writes', async () => {
    const { store, next } = await opened(kind);
    const { task, stages } = taskWithStages('wc-abcdefgh', 1);
    await store.write(changes({ tasks: [task], stages }));
    await store.write(changes({ tasks: [{ ...task, status: 'RUNNING' }] }));
    await store.write(changes({ stages: stages.map((stage) => ({ ...stage, attempt: 1 })) }));
    await store.write(changes({ stages: stages.map((stage) => ({ ...stage, attempt: 2 })) }));
    const loaded = await (await next()).load();
    expect(loaded.tasks.map((t) => t.status)).toEqual(['RUNNING']);
    expect(loaded.stages.map((stage) => stage.attempt)).toEqual([2]);
  });

  test('deletes a task with its stages, and nothing else', async () => {
    const { store, next } = await opened(kind);
    const kept = taskWithStages('wc-abcdefgh-x', 2);
    for (const { task, stages } of [taskWithStages('wc-abcdefgh', 3), kept]) {
      await store.write(changes({ tasks: [task], stages }));
    }
    await store.write(changes({ deletedTasks: ['wc-abcdefgh'] }));
    const loaded = await (await next()).load();
    expect(loaded.tasks).toEqual([kept.task]);
    expect(sorted(loaded.stages, (stage) => stage.id)).toEqual(kept.stages);
  });

  test('adds, replaces and deletes in one write', async () => {
    const { store, next } = await opened(kind);
    const old = taskWithStages('old', 1);
    const going = taskWithStages('going', 2);
    const added = taskWithStages('added', 1);
    await store.write(changes({ tasks: [old.task, going.task], stages: [...old.stages, ...going.stages] }));
    const replaced = { ...old.task, status: 'RUNNING' as const };
    await store.write({
      tasks: [replaced, added.task],
      stages: added.stages,
      deletedTasks: ['going', 'was-never-there'],
    });
    const loaded = await (await next()).load();
    expect(sorted(loaded.tasks, (task) => task.name)).toEqual([added.task, replaced]);
    expect(sorted(loaded.stages, (stage) => stage.id)).toEqual([...added.stages, ...old.stages]);
  });

  test('changes nothing when a write fails', async () => {
    const { store, next } = await opened(kind);
    const { task, stages } = taskWithStages('wc-abcdefgh', 1);
    await store.write(changes({ tasks: [task], stages }));
    const unstorable = { ...stageRecord('bad', 'wc-abcdefgh'), toJSON: () => BigInt(1) };
    const failing = changes({ tasks: [{ ...task, status: 'FAILED' }], stages: [unstorable] });
    await expect(store.write(failing)).rejects.toThrow();
    expect(await (await next()).load()).toEqual({ tasks: [task], stages });
  });

  test('keeps unusual names and large values as they are', async () => {
    const { store, next } = await opened(kind);
    const names = ['任务-甲', 'line\nbreak', 'task:stage:meta:format', '\u{1F600}', '__proto__'];
    const written = names.map((name) => taskWithStages(name, 1));
    const large = stageRecord('large', 'has-large', { failure: '大'.repeat(1_000_000) });
    const hasLarge = taskRecord('has-large', { stageIds: ['large'] });
    await store.write({
      tasks: [...written.map(({ task }) => task), hasLarge],
      stages: [...written.flatMap(({ stages }) => stages), large],
      deletedTasks: [],
    });
    const loaded = await (await next()).load();
    expect(loaded.tasks.map((task) => task.name).sort()).toEqual([...names, 'has-large'].sort());
    expect(loaded.stages).toContainEqual(large);
  });

  test('does not change with what callers do to their objects', async () => {
    const { store } = await opened(kind);
    const env = { KEY: 'value' };
    const task = taskRecord('wc-abcdefgh', { stageIds: ['s'] });
    await store.write(changes({ tasks: [task], stages: [stageRecord('s', 'wc-abcdefgh', { env })] }));
    env.KEY = 'changed before';
    const loaded = await store.load();
    expect(loaded.stages[0]?.env).toEqual({ KEY: 'value' });
    Object.assign(loaded.stages[0]!.env, { KEY: 'changed after' });
    expect((await store.load()).stages[0]?.env).toEqual({ KEY: 'value' });
  });

  test('holds ten thousand tasks of five stages', async () => {
    const { store, next } = await opened(kind);
    const all = Array.from({ length: 10_000 }, (_, n) => taskWithStages(`wc-${n}`, 5));
    for (let from = 0; from < all.length; from += 1000) {
      const some = all.slice(from, from + 1000);
      await store.write({
        tasks: some.map(({ task }) => task),
        stages: some.flatMap(({ stages }) => stages),
        deletedTasks: [],
      });
    }
    const loaded = await (await next()).load();
    expect(new Set(loaded.tasks.map((task) => task.name)).size).toBe(10_000);
    expect(new Set(loaded.stages.map((stage) => stage.id)).size).toBe(50_000);
  });
});
