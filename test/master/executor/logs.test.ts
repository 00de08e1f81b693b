import { existsSync } from 'node:fs';
import { mkdir, open, readdir, readFile, stat, symlink, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { attemptDirOf } from '../../../src/master/executor/process/files.ts';
import { cutLog, finishLog } from '../../../src/master/executor/process/log-trim.ts';
import { ProcessExecutor, type ProcessExecutorOptions } from '../../../src/master/executor/process.ts';
import { scratchDir } from '../../contract/support/scratch.ts';
import { Exits, Gate, shellRun } from '../../contract/support/stages.ts';

const MAX = 100_000;

/** Numbered lines of ten bytes. */
const lines = (from: number, to: number): string =>
  Array.from({ length: to - from }, (_, i) => `${String(from + i).padStart(9, '0')}\n`).join('');

/** A program that has a log open, and writes to it whatever becomes of it. */
async function writing() {
  const path = join(await scratchDir(), 'log');
  const file = await open(path, 'a');
  onTestFinished(() => file.close());
  return { path, write: (text: string) => file.appendFile(text) };
}

/** What a finished log says: its first lines, how much is missing, and its last lines. */
async function partsOf(path: string) {
  const text = await readFile(path, 'latin1');
  expect(text.length).toBeLessThanOrEqual(MAX);
  const [, head = '', omitted = '', tail = ''] =
    /^([\d\n]*)--- at least (\d+) bytes were left out here: .* ---\n([\d\n]*)$/.exec(text) ?? [];
  return { head, omitted: Number(omitted), tail };
}

describe('the log of an attempt', () => {
  test('stays as it is while it is not too long', async () => {
    const { path, write } = await writing();
    await write(lines(0, 10_000));
    await cutLog(path, MAX);
    expect(await finishLog(path, MAX)).toBe(MAX);
    expect(await readFile(path, 'latin1')).toBe(lines(0, 10_000));
    expect(await readdir(join(path, '..'))).toEqual(['log']);
  });

  test.each([0, 1, 2, 3])(
    'has its beginning, its end and how much is missing when it was cut %i times',
    async (cuts) => {
      const { path, write } = await writing();
      let written = 0;
      for (let i = 0; i <= cuts; i++) {
        await write(lines(written, written + 20_000));
        written += 20_000;
        if (i < cuts) await cutLog(path, MAX);
      }
      await finishLog(path, MAX);
      const { head, omitted, tail } = await partsOf(path);
      expect(head.length).toBeGreaterThan(MAX / 2 - 5000);
      expect(tail.length).toBeGreaterThan(MAX / 2 - 5000);
      expect(lines(0, head.length / 10)).toBe(head);
      expect(lines(written - tail.length / 10, written)).toBe(tail);
      expect(omitted).toBe(written * 10 - head.length - tail.length);
      expect(await readdir(join(path, '..'))).toEqual(['log']);
    },
  );

  test('keeps what was written before a cut when little came after it', async () => {
    const { path, write } = await writing();
    await write(lines(0, 20_000));
    await cutLog(path, MAX);
    await write(lines(20_000, 20_003));
    await finishLog(path, MAX);
    const { head, omitted, tail } = await partsOf(path);
    expect(tail).toBe(lines(20_003 - tail.length / 10, 20_003));
    expect(tail.length).toBeGreaterThan(MAX / 2 - 5000);
    expect(omitted).toBe(200_030 - head.length - tail.length);
  });

  test('says the same when its master was killed in the middle of a cut', async () => {
    const { path, write } = await writing();
    await write(lines(0, 20_000));
    const before = await readFile(path, 'latin1');
    await cutLog(path, MAX);
    // As if the log had not been cut yet after its end was copied: it has the mark over what is left out.
    const [first = ''] = (await readFile(`${path}.tail`, 'latin1')).split('\n');
    const { head: at, mark } = JSON.parse(first) as { head: number; mark: string };
    await truncate(path, 0);
    await write(before.slice(0, at) + mark + before.slice(at + mark.length) + lines(20_000, 20_100));
    await finishLog(path, MAX);
    const { head, omitted, tail } = await partsOf(path);
    expect(tail).toBe(lines(20_100 - tail.length / 10, 20_100));
    expect(omitted).toBe(201_000 - head.length - tail.length);
  });

  test('of equal lines loses none of them by a cut that can’t be told from none by its content', async () => {
    const { path, write } = await writing();
    const equal = '123456789\n'.repeat(20_000);
    await write(equal);
    await cutLog(path, MAX);
    await write(equal);
    await finishLog(path, MAX);
    const { head, omitted, tail } = await partsOf(path);
    expect(omitted).toBe(400_000 - head.length - tail.length);
  });

  test('is not finished twice when its master was killed while it finished it', async () => {
    const { path, write } = await writing();
    await write(lines(0, 20_000));
    await cutLog(path, MAX);
    const aside = await readFile(`${path}.tail`);
    await finishLog(path, MAX);
    const finished = await readFile(path);
    await writeFile(`${path}.tail`, aside);
    await finishLog(path, MAX);
    expect(await readFile(path)).toEqual(finished);
    expect(await readdir(join(path, '..'))).toEqual(['log']);
  });
});

function opened(stateDir: string, options: Partial<ProcessExecutorOptions> = {}) {
  const executor = new ProcessExecutor({ stateDir, masterEnv: process.env, graceMs: 200, ...options });
  onTestFinished(() => executor.close());
  return { executor, exits: new Exits(executor) };
}

test('a program that writes fast does not fill the disk while it runs, and its last words are kept', async () => {
  const dir = await scratchDir();
  const { executor, exits } = opened(dir, { maxLogBytes: 1_000_000 });
  const go = new Gate(dir, 'go');
  const run = shellRun('yes 0123456789 | head -n 1800000; read x < "$GO"; echo last words', {
    env: { GO: go.path },
  });
  executor.start(run);
  const path = executor.logOf(run.taskName, run.stageId, 1);
  await expect
    .poll(
      () =>
        readFile(`${path}.tail`).then(
          () => true,
          () => false,
        ),
      { timeout: 10_000 },
    )
    .toBe(true);
  await expect.poll(async () => (await stat(path)).size, { timeout: 10_000 }).toBeLessThan(1_000_001);
  await go.open();
  await exits.next(run);
  await executor.close();
  const text = await readFile(path, 'latin1');
  expect(text.length).toBeLessThanOrEqual(1_000_000);
  expect(text.slice(0, 11)).toBe('0123456789\n');
  // What is written while the log is cut is lost uncounted, so that the number is a bound.
  const leftOut = Number(/^--- at least (\d+) bytes were left out/m.exec(text)?.[1]);
  expect(leftOut).toBeGreaterThan(0);
  expect(leftOut).toBeLessThanOrEqual(1_800_000 * 11 + 11 - text.length + 100);
  expect(text.slice(-22)).toBe('0123456789\nlast words\n');
});

test('a log that grew while no master ran is shortened by the next one', async () => {
  const dir = await scratchDir();
  const { exits } = opened(dir);
  const run = shellRun('yes 0123456789 | head -c 3000000');
  await exits.of(run);
  const { executor, exits: next } = opened(dir, { maxLogBytes: 1_000_000 });
  await next.of(run);
  await executor.close();
  expect((await stat(executor.logOf(run.taskName, run.stageId, 1))).size).toBeLessThanOrEqual(1_000_000);
});

test('a log that was cut is finished by the next master when the attempt has ended meanwhile', async () => {
  const dir = await scratchDir();
  const { executor: before, exits } = opened(dir);
  const run = shellRun('yes 0123456789 | head -c 3000000');
  await exits.of(run);
  await before.close();
  const path = before.logOf(run.taskName, run.stageId, 1);
  await cutLog(path, MAX);
  const { executor, exits: next } = opened(dir, { maxLogBytes: MAX });
  await next.of(run);
  await executor.close();
  expect((await readFile(path, 'latin1')).split('--- at least').length).toBe(2);
  expect((await stat(path)).size).toBeGreaterThan(MAX - 10_000);
  expect(await readdir(join(path, '..'))).not.toContain('log.tail');
});

test('a log is kept short for as long as what a program that succeeded has left behind writes to it', async () => {
  const dir = await scratchDir();
  const { executor, exits } = opened(dir, { maxLogBytes: MAX });
  const [go, end] = [new Gate(dir, 'go'), new Gate(dir, 'end')];
  const much = join(dir, 'much');
  const run = shellRun(
    '(read x < "$GO"; yes 123456789 | head -c 3000000; : > "$MUCH"; read x < "$END"; echo last words) & exit 0',
    { env: { GO: go.path, END: end.path, MUCH: much } },
  );
  expect(await exits.of(run)).toMatchObject({ kind: 'exited', exitCode: 0 });
  const path = executor.logOf(run.taskName, run.stageId, 1);
  const names = () => readdir(join(path, '..'));
  await go.open();
  await expect.poll(names, { timeout: 10_000 }).toContain('log.tail');
  await expect.poll(() => existsSync(much), { timeout: 10_000 }).toBe(true);
  await expect.poll(async () => (await stat(path)).size, { timeout: 10_000 }).toBeLessThanOrEqual(MAX);
  // Nothing is cut any more, and so nothing of this is lost in a cut, as the end of a line before may be.
  await end.open();
  await expect.poll(names, { timeout: 10_000 }).not.toContain('log.tail');
  const text = await readFile(path, 'latin1');
  expect(text).toMatch(/^--- at least \d+ bytes were left out/m);
  expect(text).toMatch(/last words\n$/);
});

test('a log whose attempt was over when its master was killed is finished by the next one', async () => {
  const dir = await scratchDir();
  const { executor: before, exits } = opened(dir);
  const run = shellRun('yes 0123456789 | head -c 3000000');
  await exits.of(run);
  await before.close();
  const path = before.logOf(run.taskName, run.stageId, 1);
  await cutLog(path, MAX);
  await writeFile(`${path}.new`, 'half');
  await writeFile(`${path}.tail.new`, 'half');
  const { executor } = opened(dir, { maxLogBytes: MAX });
  await executor.sweep(() => true);
  const text = await readFile(path, 'latin1');
  expect(text.split('--- at least').length).toBe(2);
  expect(text.length).toBeGreaterThan(MAX - 10_000);
  expect((await readdir(join(path, '..'))).sort()).toEqual(['exit', 'log', 'pid']);
});

test.runIf(process.platform === 'linux')(
  'the next master watches a log that something still writes to although its attempt is over',
  async () => {
    const dir = await scratchDir();
    const { executor: before, exits } = opened(dir);
    const [go, end] = [new Gate(dir, 'go'), new Gate(dir, 'end')];
    const run = shellRun('(read x < "$GO"; yes 123456789 | head -c 3000000; read x < "$END") & exit 0', {
      env: { GO: go.path, END: end.path, CLIC_STAGE_ID: 'wc-abcdefgh-sh-1', CLIC_ATTEMPT: '1' },
    });
    await exits.of(run);
    await before.close();
    const path = before.logOf(run.taskName, run.stageId, 1);
    const { executor } = opened(dir, { maxLogBytes: MAX });
    await executor.sweep(() => true);
    await go.open();
    await expect.poll(() => readdir(join(path, '..')), { timeout: 10_000 }).toContain('log.tail');
    await end.open();
  },
);

test('that a log can’t be kept within its bound is told, once', async () => {
  const dir = await scratchDir();
  const warnings: Error[] = [];
  const { executor, exits } = opened(dir, {
    maxLogBytes: MAX,
    onWarning: (warning) => warnings.push(warning),
  });
  const go = new Gate(dir, 'go');
  const run = shellRun('yes 123456789 | head -c 300000; read x < "$GO"', { env: { GO: go.path } });
  const path = executor.logOf(run.taskName, run.stageId, 1);
  await mkdir(join(`${path}.tail`, 'in-the-way'), { recursive: true });
  executor.start(run);
  await expect.poll(() => warnings.length, { timeout: 10_000 }).toBe(1);
  expect(warnings[0]?.message).toBe(`can't keep the log ${path} within its bound, and tries on`);
  expect(warnings[0]?.cause).toMatchObject({ code: 'EISDIR' });
  await go.open();
  await exits.next(run);
});

describe('the logs of all attempts', () => {
  const ofStage = (i: number, bytes: number) =>
    shellRun(`head -c ${bytes} /dev/zero`, { stageId: `wc-abcdefgh-sh-${i}` });

  test('lose the oldest when they are too long together, which then say so', async () => {
    const { executor, exits } = opened(await scratchDir(), { maxTotalLogBytes: 250_000 });
    const runs = [1, 2, 3, 4].map((i) => ofStage(i, 100_000));
    for (const run of runs) await exits.of(run);
    await executor.close();
    const logs = runs.map((run) => readFile(executor.logOf(run.taskName, run.stageId, 1), 'latin1'));
    const texts = await Promise.all(logs);
    expect(texts.map((text) => text.length === 100_000)).toEqual([false, false, true, true]);
    expect(texts[0]).toBe('--- this log was removed: the logs of all stages together were too long ---\n');
  });

  test('are found again by the next master', async () => {
    const dir = await scratchDir();
    const { exits } = opened(dir);
    const runs = [1, 2].map((i) => ofStage(i, 100_000));
    for (const run of runs) await exits.of(run);
    await mkdir(join(dir, 'work'), { recursive: true });
    const { executor } = opened(dir, { maxTotalLogBytes: 150_000 });
    await executor.sweep(() => true);
    const sizes = runs.map(async (run) => (await stat(executor.logOf(run.taskName, run.stageId, 1))).size);
    expect((await Promise.all(sizes)).map((size) => size === 100_000)).toEqual([false, true]);
  });

  test('of a forgotten task don’t count', async () => {
    const { executor, exits } = opened(await scratchDir(), { maxTotalLogBytes: 150_000 });
    const other = { taskName: 'wc-zzzzzzzz', stageId: 'wc-zzzzzzzz-sh-1' };
    await exits.of(shellRun('head -c 100000 /dev/zero', other));
    await executor.forget('wc-zzzzzzzz');
    const run = ofStage(1, 100_000);
    await exits.of(run);
    await executor.close();
    expect((await stat(executor.logOf(run.taskName, run.stageId, 1))).size).toBe(100_000);
  });
});

test('a log that is shortened while its task is forgotten does not count against the others', async () => {
  const { executor, exits } = opened(await scratchDir(), { maxTotalLogBytes: 150_000 });
  const run = (name: string) =>
    shellRun('head -c 60000 /dev/zero', { taskName: name, stageId: `${name}-sh-1` });
  const [kept, gone, last] = [run('kept-abcdefgh'), run('gone-abcdefgh'), run('last-abcdefgh')];
  await exits.of(kept);
  await exits.of(gone);
  await executor.forget(gone.taskName);
  await exits.of(last);
  await executor.close();
  expect((await stat(executor.logOf(kept.taskName, kept.stageId, 1))).size).toBe(60_000);
});

test('what tasks that are gone have left is swept, and no link is followed', async () => {
  const dir = await scratchDir();
  const { executor } = opened(dir);
  const elsewhere = await scratchDir();
  await writeFile(join(elsewhere, 'precious'), '');
  await mkdir(attemptDirOf(dir, 'kept-abcdefgh', 'kept-abcdefgh-1', 1), { recursive: true });
  for (let i = 0; i < 20; i++) await mkdir(attemptDirOf(dir, `gone-${i}`, 'stage', 1), { recursive: true });
  await mkdir(join(dir, 'work', 'gone-1'), { recursive: true });
  await mkdir(join(dir, 'work', 'kept-abcdefgh'));
  await symlink(elsewhere, join(dir, 'work', 'gone-1', 'inner'));
  await symlink(elsewhere, join(dir, 'work', 'link'));
  await executor.sweep((taskName) => taskName === 'kept-abcdefgh');
  expect(await readdir(join(dir, 'runs'))).toEqual(['kept-abcdefgh']);
  expect(await readdir(join(dir, 'work'))).toEqual(['kept-abcdefgh']);
  expect(await readdir(elsewhere)).toEqual(['precious']);
});
