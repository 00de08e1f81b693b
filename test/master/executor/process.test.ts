import { execFileSync, spawn } from 'node:child_process';
import { mkdir, readFile, rename, stat, symlink, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { ProcessExecutor, type ProcessExecutorOptions } from '../../../src/master/executor/process.ts';
import { attemptDirOf } from '../../../src/master/executor/process/files.ts';
import { scratchDir } from '../../contract/support/scratch.ts';
import { Exits, Gate, shellRun, stageRun } from '../../contract/support/stages.ts';

const LOST = { stageId: 'wc-abcdefgh-sh-1', attempt: 1, kind: 'lost' };

function opened(stateDir: string, options: Partial<ProcessExecutorOptions> = {}) {
  const executor = new ProcessExecutor({ stateDir, masterEnv: process.env, graceMs: 200, ...options });
  onTestFinished(() => executor.close());
  return { executor, exits: new Exits(executor) };
}

/** The folder of the attempt that these tests run, made. */
async function attemptDir(stateDir: string): Promise<string> {
  const dir = attemptDirOf(stateDir, 'wc-abcdefgh', 'wc-abcdefgh-sh-1', 1);
  await mkdir(dir, { recursive: true });
  return dir;
}

/** A process of somebody else. */
function stranger(): { pid: number; lives: () => boolean } {
  const child = spawn('sleep', ['1000'], { detached: true, stdio: 'ignore' });
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  return {
    pid: child.pid!,
    lives: () => child.exitCode === null && child.signalCode === null && child.kill(0),
  };
}

test('passes on what programs need of the master’s environment, and what is asked for, and nothing else', async () => {
  const { executor, exits } = opened(await scratchDir(), {
    masterEnv: {
      PATH: process.env['PATH'],
      HOME: '/home/me',
      LC_CTYPE: 'C.UTF-8',
      JAVA_HOME: '/opt/java',
      MASTER_SECRET: 'secret',
      LD_PRELOAD: '',
      ASKED_FOR: 'yes',
    },
    passEnv: ['ASKED_FOR', 'NOT_THERE'],
  });
  const run = stageRun([process.execPath, '-p', 'JSON.stringify(process.env)'], {
    env: { JAVA_HOME: '/own' },
  });
  await exits.of(run);
  const log = await readFile(executor.logOf(run.taskName, run.stageId, 1), 'utf8');
  const seen = Object.entries(JSON.parse(log) as Record<string, string>);
  // What the shell that starts the program sets by itself.
  const own = ['PWD', 'OLDPWD', 'SHLVL', '_'];
  expect(Object.fromEntries(seen.filter(([name]) => !own.includes(name)))).toEqual({
    PATH: process.env['PATH'],
    HOME: '/home/me',
    LC_CTYPE: 'C.UTF-8',
    JAVA_HOME: '/own',
    ASKED_FOR: 'yes',
    CLIC_PLAN_DIR: '/data/plans',
    CLIC_WORK_DIR: executor.locate(run.taskName, '.').path,
  });
});

test('keeps working directories and logs from other users', async () => {
  const dir = await scratchDir();
  const { executor, exits } = opened(dir);
  const run = stageRun(['true']);
  await exits.of(run);
  const mode = async (path: string) => (await stat(path)).mode & 0o777;
  expect(await mode(join(dir, 'runs'))).toBe(0o700);
  expect(await mode(executor.locate(run.taskName, '.').path)).toBe(0o700);
  expect(await mode(executor.logOf(run.taskName, run.stageId, 1))).toBe(0o600);
});

test.each([
  [{ taskName: '../../etc' }, '../../etc'],
  [{ taskName: '' }, '""'],
  [{ stageId: 'a/b' }, 'a/b'],
  [{ stageId: '..' }, '".."'],
  [{ attempt: 0 }, '0'],
  [{ attempt: 1.5 }, '1.5'],
])('refuses to make files for %j', async (fields, named) => {
  const { exits } = opened(await scratchDir());
  const exit = await exits.of(stageRun(['true'], fields));
  expect(exit).toMatchObject({ kind: 'failed-to-start', reason: expect.stringContaining(named) as string });
});

test('refuses to forget what can’t be a task', async () => {
  const { executor } = opened(await scratchDir());
  await expect(executor.forget('..')).rejects.toThrow(RangeError);
});

test('says why nothing can be started where its folder can’t be made', async () => {
  const dir = await scratchDir();
  await writeFile(join(dir, 'runs'), '');
  const { exits } = opened(dir);
  const exit = await exits.of(stageRun(['true']));
  expect(exit).toMatchObject({
    kind: 'failed-to-start',
    reason: expect.stringContaining(join(dir, 'runs')) as string,
  });
});

test('says so when the operating system does not start a program', async () => {
  const { exits } = opened(await scratchDir());
  const exit = await exits.of(stageRun(['true', 'x'.repeat(3_000_000)]));
  expect(exit).toMatchObject({ kind: 'failed-to-start', reason: expect.stringContaining('E2BIG') as string });
});

test('reports how a program ended even where that can’t be written down', async () => {
  const dir = await scratchDir();
  await symlink(join(dir, 'not-there', 'exit'), join(await attemptDir(dir), 'exit'));
  const { exits } = opened(dir);
  expect(await exits.of(shellRun('exit 3'))).toMatchObject({ kind: 'exited', exitCode: 3 });
});

test('reports how a program ended even where what is written of that can’t be read', async () => {
  const dir = await scratchDir();
  await mkdir(join(await attemptDir(dir), 'exit'));
  const { exits } = opened(dir, { patienceMs: 0 });
  expect(await exits.of(shellRun('exit 3'))).toMatchObject({ kind: 'exited', exitCode: 3 });
});

test('tells when an attempt ended that an earlier one started', async () => {
  const dir = await scratchDir();
  expect(await opened(dir).exits.of(shellRun('exit 3'))).not.toHaveProperty('endedAt');
  await utimes(join(await attemptDir(dir), 'exit'), 1_000_000, 1_000_000);
  expect(await opened(dir).exits.of(shellRun('exit 3'))).toMatchObject({
    kind: 'exited',
    exitCode: 3,
    endedAt: 1_000_000_000,
  });
});

test('keeps what it notes of an attempt to its user, and leaves the program the master’s umask', async () => {
  const dir = await scratchDir();
  const { executor, exits } = opened(dir);
  const run = shellRun('umask');
  await exits.of(run);
  const modes = ['pid', 'exit', 'log'].map(async (name) => {
    const { mode } = await stat(join(await attemptDir(dir), name));
    return mode & 0o777;
  });
  expect(await Promise.all(modes)).toEqual([0o600, 0o600, 0o600]);
  const log = await readFile(executor.logOf(run.taskName, run.stageId, 1), 'utf8');
  expect(log).toBe(execFileSync('/bin/sh', ['-c', 'umask'], { encoding: 'utf8' }));
});

test('has lost an attempt when it can’t be told whether it was claimed', async () => {
  const dir = await scratchDir();
  await mkdir(join(await attemptDir(dir), 'pid'));
  const { exits } = opened(dir, { patienceMs: 0 });
  expect(await exits.of(stageRun(['true']))).toEqual(LOST);
});

test('looks again for a claim that can’t be read for a while', async () => {
  const dir = await scratchDir();
  const { exits } = opened(dir);
  const run = shellRun('echo ran; exit 7');
  await exits.of(run);
  const claim = join(await attemptDir(dir), 'pid');
  await rename(claim, join(dir, 'claim'));
  // Leads to itself: whoever opens it gets an error.
  await symlink('pid', claim);
  const { executor, exits: next } = opened(dir);
  const exit = next.of(run);
  for (let i = 0; i < 50; i++) await stat(dir);
  expect(next.all).toEqual([]);
  await rename(join(dir, 'claim'), claim);
  expect(await exit).toMatchObject({ kind: 'exited', exitCode: 7 });
  expect(await readFile(executor.logOf(run.taskName, run.stageId, 1), 'utf8')).toBe('ran\n');
});

test('follows an attempt that was claimed although its working directory can’t be made', async () => {
  const dir = await scratchDir();
  const { executor, exits } = opened(dir);
  const [ready, go] = [new Gate(dir, 'ready'), new Gate(dir, 'go')];
  const run = shellRun('echo > "$READY"; read x < "$GO"; exit 7', {
    env: { READY: ready.path, GO: go.path },
  });
  executor.start(run);
  await ready.written();
  await rename(join(dir, 'work'), join(dir, 'elsewhere'));
  await writeFile(join(dir, 'work'), '');
  const next = opened(dir).exits.of(run);
  await go.open();
  expect(await next).toMatchObject({ kind: 'exited', exitCode: 7 });
  expect(await exits.next(run)).toMatchObject({ kind: 'exited', exitCode: 7 });
});

test('takes an attempt whose supervisor was killed for killed, which counts as a failure, and takes its program along', async () => {
  const dir = await scratchDir();
  const { executor, exits } = opened(dir);
  const [ready, held] = [new Gate(dir, 'ready'), new Gate(dir, 'held')];
  const run = shellRun('exec 9> "$HELD"; echo > "$READY"; exec sleep 1000', {
    env: { READY: ready.path, HELD: held.path },
  });
  executor.start(run);
  const letGo = held.written();
  await ready.written();
  process.kill(Number.parseInt(await readFile(join(await attemptDir(dir), 'pid'), 'utf8')), 'SIGKILL');
  expect(await exits.next(run)).toMatchObject({ kind: 'exited', exitCode: null, signal: 'SIGKILL' });
  await letGo;
});

test('does not take a later process with the same id for its own', async () => {
  const dir = await scratchDir();
  const { pid, lives } = stranger();
  const born =
    process.platform === 'linux' ? 'boot 1 (sh) S 1 1 1 0 0 0 0 0 0 0 0 0 0 0 0 0 1 0 99' : 'S long ago';
  await writeFile(join(await attemptDir(dir), 'pid'), `${pid} ${born}\n`);
  const { executor, exits } = opened(dir);
  const run = stageRun(['true']);
  const exit = exits.of(run);
  executor.stop(run.stageId, 1);
  expect(await exit).toEqual(LOST);
  expect(lives()).toBe(true);
});

test.runIf(process.platform === 'linux')(
  'does not kill a later group with the same id for what a supervisor left',
  async () => {
    const dir = await scratchDir();
    const { pid, lives } = stranger();
    const boot = (await readFile('/proc/sys/kernel/random/boot_id', 'utf8')).trim();
    const born = `${boot} ${pid} (sh) S 1 1 1 0 0 0 0 0 0 0 0 0 0 0 0 0 1 0 99`;
    await writeFile(join(await attemptDir(dir), 'pid'), `${pid} ${born}\n`);
    const run = stageRun(['true'], { env: { CLIC_STAGE_ID: 'wc-abcdefgh-sh-1', CLIC_ATTEMPT: '1' } });
    expect(await opened(dir).exits.of(run)).toEqual(LOST);
    expect(lives()).toBe(true);
  },
);

test.each([
  ['nonsense', 'nonsense\n'],
  ['process 1', '1 boot 1 (init) S 0 1 1\n'],
  ['a negative process', '-1 boot x\n'],
  ['nothing but a number', '4711\n'],
])('has lost an attempt whose claim is damaged: %s', async (_, claim) => {
  const dir = await scratchDir();
  const folder = await attemptDir(dir);
  await writeFile(join(folder, 'pid'), claim);
  const warnings: string[] = [];
  const { exits } = opened(dir, { onWarning: ({ message }) => warnings.push(message) });
  expect(await exits.of(stageRun(['true']))).toEqual(LOST);
  expect(warnings).toEqual([`the file pid in ${folder} is damaged: its attempt is lost, and may still run`]);
});

test('gives up on a claim that nobody completes', async () => {
  const dir = await scratchDir();
  await writeFile(join(await attemptDir(dir), 'pid'), '12');
  const { exits } = opened(dir);
  expect(await exits.of(stageRun(['true']))).toEqual(LOST);
});
