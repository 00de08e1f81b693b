import { ClassicLevel } from 'classic-level';
import { chmod, mkdir, open, readdir, stat, writeFile } from 'node:fs/promises';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { describe, expect, onTestFinished, test } from 'vitest';
import { openStore } from '../../../src/master/store/open.ts';
import { StoreCorruptError } from '../../../src/master/state/corrupt.ts';
import { NEW_STAGE } from '../../../src/master/state/records.ts';
import type { Store } from '../../../src/master/store/store.ts';
import { ConfigError } from '../../../src/model/errors.ts';
import { stageState, submission, taskRecord } from '../../contract/support/records.ts';
import { scratchDir } from '../../contract/support/scratch.ts';
import { bundleScript, runScript } from '../../contract/support/script.ts';

const WRITER = new URL('../../contract/support/write-until-killed.ts', import.meta.url);

/** Changes a closed store behind its back. */
async function tamper(stateDir: string, change: (db: ClassicLevel) => Promise<void>): Promise<void> {
  const db = new ClassicLevel(join(stateDir, 'store'));
  await change(db);
  await db.close();
}

async function written(stateDir: string): Promise<void> {
  const store = await openStore('level', stateDir);
  await store.write(submission('wc-abcdefgh', 2));
  await store.close();
}

async function loadOf(stateDir: string): ReturnType<Store['load']> {
  const store = await openStore('level', stateDir);
  try {
    return await store.load();
  } finally {
    await store.close();
  }
}

describe('a writer that is killed', () => {
  test.each([1, 7, 40])('loses nothing of what it was told is written, after %i writes', async (count) => {
    const stateDir = await scratchDir();
    const script = await bundleScript(WRITER, stateDir);
    const writer = runScript(script, [stateDir]);
    const told: string[] = [];
    const lines = createInterface(writer.stdout);
    lines.on('line', (line) => {
      told.push(line);
      if (told.length === count) writer.kill('SIGKILL');
    });
    await Promise.all([once(writer, 'close'), once(lines, 'close')]);

    const loaded = await loadOf(stateDir);
    const names = new Set(loaded.tasks.map((task) => task.name));
    const deleted = told.filter((line) => line.startsWith('-')).map((line) => line.slice(1));
    const kept = told.map((line) => line.slice(1)).filter((name) => !deleted.includes(name));
    // The deletion that follows may have been written without being acknowledged.
    const last = /^\+task-(\d+)$/.exec(told.at(-1)!);
    const mayBeGone = last === null ? null : `task-${Number(last[1]) - 1}`;
    expect(told.length).toBeGreaterThanOrEqual(count);
    expect(kept.filter((name) => !names.has(name) && name !== mayBeGone)).toEqual([]);
    expect(deleted.filter((name) => names.has(name))).toEqual([]);
    expect([...loaded.stages.values()].map(({ size }) => size)).toEqual(loaded.tasks.map(() => 3));
    expect(loaded.plans.size).toBe(loaded.tasks.length);
  });
});

describe('the state directory', () => {
  test('is its owner’s only', async () => {
    const stateDir = join(await scratchDir(), 'new', 'state');
    await written(stateDir);
    expect((await stat(stateDir)).mode & 0o777).toBe(0o700);
    expect((await stat(join(stateDir, 'store'))).mode & 0o777).toBe(0o700);
  });

  test('is refused while another master uses it, and usable after that', async () => {
    const stateDir = await scratchDir();
    const first = await openStore('level', stateDir);
    const second = openStore('level', stateDir);
    await expect(second).rejects.toBeInstanceOf(ConfigError);
    await expect(second).rejects.toMatchObject({
      message: `state directory ${stateDir} is in use by another clic-master`,
      hint: expect.stringContaining('--state-dir') as string,
    });
    await first.close();
    expect(await loadOf(stateDir)).toEqual({ tasks: [], plans: new Map(), stages: new Map() });
  });

  test('is refused while a master in another process uses it', async () => {
    const stateDir = await scratchDir();
    const writer = runScript(await bundleScript(WRITER, stateDir), [stateDir]);
    await once(writer.stdout, 'data');
    await expect(openStore('level', stateDir)).rejects.toThrow('is in use by another clic-master');
  });

  test('that can’t be made is an error of configuration', async () => {
    const file = join(await scratchDir(), 'file');
    await writeFile(file, '');
    await expect(openStore('level', file)).rejects.toThrow(ConfigError);
    await expect(openStore('level', file)).rejects.toThrow(file);
  });

  test.skipIf(process.getuid?.() === 0)('that can’t be read is an error of configuration', async () => {
    const stateDir = await scratchDir();
    await mkdir(join(stateDir, 'store'));
    await chmod(join(stateDir, 'store'), 0);
    onTestFinished(() => chmod(join(stateDir, 'store'), 0o700));
    await expect(openStore('level', stateDir)).rejects.toThrow(ConfigError);
  });

  test('of a newer master is refused, and left as it is', async () => {
    const stateDir = await scratchDir();
    await written(stateDir);
    await tamper(stateDir, (db) => db.put('meta:format', '3'));
    for (let i = 0; i < 2; i++) {
      const opening = openStore('level', stateDir);
      await expect(opening).rejects.toBeInstanceOf(ConfigError);
      await expect(opening).rejects.toThrow(
        /written by a newer clic-master: its format is 3, this one reads 2/,
      );
    }
  });

  test.each([
    ['a database of something else', undefined],
    ['a format that is no number', 'two'],
    ['a format that never was', '0'],
  ])('with %s is refused', async (_, format) => {
    const stateDir = await scratchDir();
    await mkdir(join(stateDir, 'store'));
    await tamper(stateDir, (db) => (format === undefined ? db.put('a', 'b') : db.put('meta:format', format)));
    await expect(openStore('level', stateDir)).rejects.toThrow(StoreCorruptError);
    await expect(openStore('level', stateDir)).rejects.toThrow('was not written by a clic-master');
  });

  test('with damaged database files is refused', async () => {
    const stateDir = await scratchDir();
    await written(stateDir);
    await writeFile(join(stateDir, 'store', 'CURRENT'), 'nonsense');
    await expect(openStore('level', stateDir)).rejects.toThrow(StoreCorruptError);
  });
});

describe('a database of format 1', () => {
  const stage = (n: number, fields: object): [string, string] => [
    `stage:wc-abcdefgh-t-${n}`,
    JSON.stringify({
      id: `wc-abcdefgh-t-${n}`,
      taskName: 'wc-abcdefgh',
      index: n - 1,
      platform: 't',
      template: 't',
      image: 'busybox:1',
      command: ['/bin/sh', '-c', `echo ${n}`],
      env: { A: 'b' },
      outputPath: '/data/out',
      parents: n === 1 ? [] : ['wc-abcdefgh-t-1'],
      children: [],
      status: 'WAITING',
      attempt: 0,
      live: false,
      retryCount: 0,
      notBefore: null,
      startTime: null,
      completeTime: null,
      failure: null,
      ...fields,
    }),
  ];
  const TASK = {
    name: 'wc-abcdefgh',
    planName: 'wc',
    planDir: '/data/plans',
    seq: 4,
    submitTime: 1000,
    startTime: 2000,
    completeTime: null,
    status: 'RUNNING',
    stageIds: [1, 2, 3, 4].map((n) => `wc-abcdefgh-t-${n}`),
  };
  const RECORDS = new Map([
    ['meta:format', '1'],
    ['task:wc-abcdefgh', JSON.stringify(TASK)],
    stage(1, {
      status: 'COMPLETED',
      attempt: 2,
      retryCount: 1,
      live: true,
      startTime: 2000,
      completeTime: 3000,
    }),
    stage(2, { status: 'RUNNING', attempt: 1, live: true, takenUp: true, startTime: 2500 }),
    stage(3, { notBefore: 4000, attempt: 1, retryCount: 1, failure: 'exited with code 1' }),
    stage(4, {}),
  ]);

  async function oldState(records: ReadonlyMap<string, string>): Promise<string> {
    const stateDir = await scratchDir();
    await mkdir(join(stateDir, 'store'));
    await tamper(stateDir, async (db) => {
      for (const [key, value] of records) await db.put(key, value);
    });
    return stateDir;
  }

  test('is taken over with all that was in it, once', async () => {
    const stateDir = await oldState(RECORDS);
    const notices: string[] = [];
    const store = await openStore('level', stateDir, {
      onNotice: (text) => notices.push(text),
    });
    const { tasks, plans, stages } = await store.load();
    const [task] = tasks;
    expect(task).toMatchObject({ name: 'wc-abcdefgh', planDir: '/data/plans', seq: 4, status: 'RUNNING' });
    expect(plans.get(task!.planId)?.stages.map(({ name, dependencies }) => [name, dependencies])).toEqual([
      ['t-1', []],
      ['t-2', [0]],
      ['t-3', [0]],
      ['t-4', [0]],
    ]);
    const states = stages.get('wc-abcdefgh');
    // Its program goes on: it completes when that has ended.
    expect(states?.get(0)).toMatchObject({ status: 'PREPARED', live: true, attempt: 2, reportedTime: 3000 });
    expect(states?.get(1)).toMatchObject({ status: 'RUNNING', live: true, recovered: true, startTime: 2500 });
    expect(states?.get(2)).toMatchObject({
      status: 'WAITING',
      notBefore: 4000,
      failure: { attempt: 1, reason: 'exited with code 1' },
    });
    expect(states?.get(3)).toEqual(NEW_STAGE);
    expect(await store.readSpec(task!.planId, 1)).toEqual({
      image: 'busybox:1',
      command: ['/bin/sh', '-c', 'echo 2'],
      entryWords: 3,
      pod: null,
      env: { A: 'b' },
      outputPath: '/data/out',
      outputs: [],
    });
    await store.close();
    const again = await openStore('level', stateDir, {
      onNotice: (text) => notices.push(text),
    });
    onTestFinished(() => again.close());
    expect((await again.load()).tasks).toEqual(tasks);
    expect(notices).toEqual([`the state in ${stateDir} was rewritten in the format of this version`]);
  });

  test('has a stage of a task that is over, whose end was not seen, as completed and not live', async () => {
    const over = JSON.stringify({ ...TASK, status: 'FAILED', completeTime: 5000 });
    const store = await openStore('level', await oldState(new Map([...RECORDS, ['task:wc-abcdefgh', over]])));
    onTestFinished(() => store.close());
    const state = await store.readStage('wc-abcdefgh', 0);
    expect(state).toMatchObject({ status: 'COMPLETED', live: false, completeTime: 3000 });
  });

  test('with a stage whose parent is of no stage of its task is refused, and left as it is', async () => {
    const stateDir = await oldState(new Map([...RECORDS, stage(2, { parents: ['elsewhere'] })]));
    for (let i = 0; i < 2; i += 1) {
      const opening = openStore('level', stateDir);
      await expect(opening).rejects.toBeInstanceOf(StoreCorruptError);
      await expect(opening).rejects.toThrow('its parent elsewhere is not of its task');
    }
  });

  test('that is damaged is refused, with what is wrong, and left as it is', async () => {
    const stateDir = await oldState(new Map([...RECORDS].filter(([key]) => key !== 'stage:wc-abcdefgh-t-3')));
    for (let i = 0; i < 2; i += 1) {
      const opening = openStore('level', stateDir);
      await expect(opening).rejects.toBeInstanceOf(StoreCorruptError);
      await expect(opening).rejects.toThrow('its stage wc-abcdefgh-t-3 is not there');
      await expect(opening).rejects.toThrow(stateDir);
    }
  });
});

test('database files that can not be read are named, with what was to be read and what to do', async () => {
  const stateDir = await scratchDir();
  const first = await openStore('level', stateDir);
  // Opening reads one block of the table: there have to be others.
  await first.write(submission('wc-abcdefgh', 200));
  await first.close();
  // Opening it once more moves what was logged to a table.
  await loadOf(stateDir);
  const folder = join(stateDir, 'store');
  const [table] = (await readdir(folder)).filter((name) => name.endsWith('.ldb'));
  const store = await openStore('level', stateDir);
  onTestFinished(() => store.close());
  const file = await open(join(folder, table!), 'r+');
  onTestFinished(() => file.close());
  const { size } = await file.stat();
  for (const [damaged, read, what] of [
    // At the end is what LevelDB finds keys by.
    [size / 2, () => store.readSpec('plan-of-wc-abcdefgh', 80), '"spec:plan-of-wc-abcdefgh/000080"'],
    [size, () => store.load(), '"task:…"'],
  ] as const) {
    await file.write(Buffer.alloc(Math.floor(damaged), 0xff), 0, null, 0);
    const reading = read();
    await expect(reading).rejects.toBeInstanceOf(StoreCorruptError);
    await expect(reading).rejects.toThrow(stateDir);
    await expect(reading).rejects.toThrow(what);
    await expect(reading).rejects.toHaveProperty('hint', expect.stringContaining('backup'));
  }
});

describe('a damaged record', () => {
  const KEY = 'stage:wc-abcdefgh/000000';
  const state = stageState({ attempt: 1 });
  const task = taskRecord('wc-abcdefgh');
  const PLAN = submission('wc-abcdefgh', 2).plans[0]!.outline;

  test.each<[string, string, string | null, RegExp]>([
    ['no JSON', KEY, '{"id":', /JSON/],
    ['no object', KEY, '[]', /no object/],
    ['a missing field', KEY, JSON.stringify({ ...state, live: undefined }), /no field live/],
    ['a status that isn’t one', KEY, JSON.stringify({ ...state, status: 'DONE' }), /status can't be "DONE"/],
    ['a number that is text', 'task:wc-abcdefgh', JSON.stringify({ ...task, seq: '1' }), /seq can't be "1"/],
    ['a negative count', KEY, JSON.stringify({ ...state, attempt: -1 }), /attempt can't be -1/],
    ['a failure of another form', KEY, JSON.stringify({ ...state, failure: 'x' }), /failure can't be "x"/],
    ['another task’s name', 'task:wc-abcdefgh', JSON.stringify({ ...task, name: 'b' }), /holds the task b/],
    ['a stage that its plan lacks', 'stage:wc-abcdefgh/000002', JSON.stringify(state), /has no such stage/],
    ['a plan that is gone', 'plan:plan-of-wc-abcdefgh', null, /its plan plan-of-wc-abcdefgh is not there/],
    [
      'a plan whose stage depends on one that it lacks',
      'plan:plan-of-wc-abcdefgh',
      JSON.stringify({
        ...PLAN,
        stages: PLAN.stages.map((stage) => ({ ...stage, dependencies: [9] })),
      }),
      /its stage s1 depends on stage 10, which it does not have/,
    ],
    [
      'a plan of another form',
      'plan:plan-of-wc-abcdefgh',
      '{"stages":[{}],"deadlineMs":null}',
      /field stages/,
    ],
  ])('with %s is named, with its directory', async (_, key, value, problem) => {
    const stateDir = await scratchDir();
    await written(stateDir);
    await tamper(stateDir, (db) => (value === null ? db.del(key) : db.put(key, value)));
    const loading = loadOf(stateDir);
    await expect(loading).rejects.toBeInstanceOf(StoreCorruptError);
    await expect(loading).rejects.toThrow(problem);
    await expect(loading).rejects.toThrow(stateDir);
    await expect(loading).rejects.toThrow(value === null ? '"task:wc-abcdefgh"' : JSON.stringify(key));
    await expect(loading).rejects.toHaveProperty('hint', expect.stringContaining('backup'));
  });
});
