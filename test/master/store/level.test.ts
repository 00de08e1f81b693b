import { ClassicLevel } from 'classic-level';
import { chmod, mkdir, stat, writeFile } from 'node:fs/promises';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { describe, expect, onTestFinished, test } from 'vitest';
import { openStore } from '../../../src/master/store/open.ts';
import { StoreCorruptError, type Store } from '../../../src/master/store/store.ts';
import { ConfigError } from '../../../src/model/errors.ts';
import { stageRecord, taskRecord, taskWithStages } from '../../contract/support/records.ts';
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
  const { task, stages } = taskWithStages('wc-abcdefgh', 2);
  await store.write({ tasks: [task], stages, deletedTasks: [] });
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
    expect(loaded.stages).toHaveLength(loaded.tasks.length * 3);
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
    expect(await loadOf(stateDir)).toEqual({ tasks: [], stages: [] });
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
    await tamper(stateDir, (db) => db.put('meta:format', '2'));
    for (let i = 0; i < 2; i++) {
      const opening = openStore('level', stateDir);
      await expect(opening).rejects.toBeInstanceOf(ConfigError);
      await expect(opening).rejects.toThrow(
        /written by a newer clic-master: its format is 2, this one reads 1/,
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

test('a record that was written before a field was added is read', async () => {
  const stateDir = await scratchDir();
  const store = await openStore('level', stateDir);
  const { task, stages } = taskWithStages('wc-abcdefgh', 1);
  await store.write({ tasks: [task], stages, deletedTasks: [] });
  await store.close();
  const old = JSON.stringify({ ...stages[0], takenUp: undefined });
  await tamper(stateDir, (db) => db.put('stage:wc-abcdefgh-1', old));
  const next = await openStore('level', stateDir);
  onTestFinished(() => next.close());
  expect((await next.load()).stages).toEqual(stages);
});

describe('a damaged record', () => {
  const id = 'wc-abcdefgh-1';
  const stage = stageRecord(id, 'wc-abcdefgh');
  const task = taskRecord('wc-abcdefgh', { stageIds: [id, 'wc-abcdefgh-2'] });

  test.each<[string, string, string | null, RegExp]>([
    ['no JSON', `stage:${id}`, '{"id":', /JSON/],
    ['no object', `stage:${id}`, '[]', /no object/],
    ['a missing field', `stage:${id}`, JSON.stringify({ ...stage, env: undefined }), /no field env/],
    [
      'a status that isn’t one',
      `stage:${id}`,
      JSON.stringify({ ...stage, status: 'DONE' }),
      /status can't be "DONE"/,
    ],
    ['a number that is text', 'task:wc-abcdefgh', JSON.stringify({ ...task, seq: '1' }), /seq can't be "1"/],
    ['a negative count', `stage:${id}`, JSON.stringify({ ...stage, attempt: -1 }), /attempt can't be -1/],
    [
      'an env of numbers',
      `stage:${id}`,
      JSON.stringify({ ...stage, env: { A: 1 } }),
      /env can't be \{"A":1\}/,
    ],
    [
      'another record’s name',
      `stage:${id}`,
      JSON.stringify({ ...stage, id: 'other' }),
      /holds the stage other/,
    ],
    ['another task’s name', 'task:wc-abcdefgh', JSON.stringify({ ...task, name: 'b' }), /holds the task b/],
    [
      'a stage that its task lacks',
      'stage:more',
      JSON.stringify({ ...stage, id: 'more' }),
      /does not have it/,
    ],
    ['a task whose stage is gone', `stage:${id}`, null, /its stage wc-abcdefgh-1 is not there/],
    ['a key that is foreign', 'job:1', '{}', /no clic-master writes such a key/],
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
