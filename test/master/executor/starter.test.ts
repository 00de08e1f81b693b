import { execFileSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { birthOf } from '../../../src/master/executor/process/claim.ts';
import { ProcessExecutor, type ProcessExecutorOptions } from '../../../src/master/executor/process.ts';
import { scratchDir } from '../../contract/support/scratch.ts';
import { bundleScript, runScript } from '../../contract/support/script.ts';
import { Exits, Gate, shellRun } from '../../contract/support/stages.ts';

async function opened(options: Partial<ProcessExecutorOptions> = {}) {
  const dir = await scratchDir();
  const executor = new ProcessExecutor({
    stateDir: join(dir, 'state'),
    masterEnv: process.env,
    graceMs: 200,
    ...options,
  });
  onTestFinished(() => executor.close());
  return { dir, executor, exits: new Exits(executor) };
}

/** A stage that waits for its gate, and one report per run in the file `ran` of its working directory. */
function gated(dir: string, i = 1) {
  const [ready, go] = [new Gate(dir, `ready${i}`), new Gate(dir, `go${i}`)];
  const run = shellRun('echo ran >> ran; echo $PPID > "$READY"; read x < "$GO"; exit 7', {
    stageId: `wc-abcdefgh-sh-${i}`,
    env: { READY: ready.path, GO: go.path },
  });
  return { ready, go, run };
}

/** What starts the supervisors: the parent of one. */
async function parentOf(supervisor: number): Promise<number> {
  const line = await readFile(`/proc/${supervisor}/stat`, 'latin1');
  return Number(line.slice(line.lastIndexOf(')') + 2).split(' ')[1]);
}

test.runIf(process.platform === 'linux')(
  'programs go on when the helper that started them is killed, and their end is told',
  async () => {
    const { dir, executor, exits } = await opened();
    const one = gated(dir);
    executor.start(one.run);
    const supervisor = Number(await one.ready.written());
    const helper = await parentOf(supervisor);
    expect(helper).not.toBe(process.pid);
    process.kill(helper, 'SIGKILL');
    await expect.poll(() => birthOf(helper, process.platform)).toBe(null);
    // What is started after that has another helper.
    const other = gated(dir, 2);
    executor.start(other.run);
    expect(await parentOf(Number(await other.ready.written()))).not.toBe(helper);
    await one.go.open();
    await other.go.open();
    expect(await exits.next(one.run)).toMatchObject({ kind: 'exited', exitCode: 7 });
    expect(await exits.next(other.run)).toMatchObject({ kind: 'exited', exitCode: 7 });
    const ran = await readFile(join(dir, 'state', 'work', 'wc-abcdefgh', 'ran'), 'utf8');
    expect(ran).toBe('ran\nran\n');
  },
);

test.runIf(process.platform === 'linux')(
  'each attempt runs once when the helper is killed while it starts many',
  async () => {
    const { dir, executor, exits } = await opened();
    const first = gated(dir, 99);
    executor.start(first.run);
    const helper = await parentOf(Number(await first.ready.written()));
    const runs = Array.from({ length: 40 }, (_, i) =>
      shellRun(`echo ${i} >> ran; exit ${i}`, { stageId: `wc-abcdefgh-sh-${i}` }),
    );
    const ends = runs.map((run) => exits.of(run));
    await Promise.race(ends);
    process.kill(helper, 'SIGKILL');
    const codes = (await Promise.all(ends)).map((exit) => (exit.kind === 'exited' ? exit.exitCode : exit));
    expect(codes).toEqual(runs.map((_, i) => i));
    const ran = await readFile(join(dir, 'state', 'work', 'wc-abcdefgh', 'ran'), 'utf8');
    expect(ran.match(/^\d+$/gm)?.sort()).toEqual(runs.map((_, i) => String(i)).sort());
    await first.go.open();
    await exits.next(first.run);
  },
);

test.runIf(process.platform === 'linux')(
  'a helper that hangs is replaced: what it was asked for starts, what it had started is followed, and that is told',
  async () => {
    const warnings: string[] = [];
    const { dir, executor, exits } = await opened({
      answersWithinMs: 300,
      onWarning: ({ message }) => warnings.push(message),
    });
    const [one, other] = [gated(dir), gated(dir, 2)];
    executor.start(one.run);
    const helper = await parentOf(Number(await one.ready.written()));
    process.kill(helper, 'SIGSTOP');
    executor.start(other.run);
    await other.ready.written();
    expect(await birthOf(helper, process.platform)).toBe(null);
    await one.go.open();
    await other.go.open();
    expect(await exits.next(one.run)).toMatchObject({ kind: 'exited', exitCode: 7 });
    expect(await exits.next(other.run)).toMatchObject({ kind: 'exited', exitCode: 7 });
    expect(warnings.filter((text) => text.includes(`process ${helper}, did not answer`))).toHaveLength(1);
  },
);

test.runIf(process.platform === 'linux')(
  'an end that a helper that hangs does not tell is seen all the same',
  async () => {
    const { dir, executor, exits } = await opened({ answersWithinMs: 300 });
    const { ready, go, run } = gated(dir);
    executor.start(run);
    const helper = await parentOf(Number(await ready.written()));
    process.kill(helper, 'SIGSTOP');
    await go.open();
    expect(await exits.next(run)).toMatchObject({ kind: 'exited', exitCode: 7 });
  },
);

test('a program that is stopped before it was started did not start, and has no log', async () => {
  const { executor, exits } = await opened();
  const run = shellRun('exit 7');
  executor.start(run);
  executor.stop(run.stageId, 1);
  expect(await exits.next(run)).toMatchObject({ kind: 'failed-to-start', isFinal: false });
  await expect(readFile(executor.logOf(run.taskName, run.stageId, 1))).rejects.toThrow('ENOENT');
});

test('closing waits for a program that has more time to end than a timer can have', async () => {
  const { dir, executor, exits } = await opened({ graceMs: 2 ** 31 - 1 });
  const ready = new Gate(dir, 'ready');
  const ending = new Gate(dir, 'ending');
  const go = new Gate(dir, 'go');
  const run = shellRun(
    'trap \'echo > "$ENDING"; read x < "$GO"; exit 0\' TERM; echo > "$READY"; while :; do sleep 0.05; done',
    { env: { READY: ready.path, ENDING: ending.path, GO: go.path } },
  );
  executor.start(run);
  await ready.written();
  const closed = executor.close();
  await ending.written();
  await go.open();
  await closed;
  expect(exits.all).toMatchObject([{ kind: 'exited', exitCode: 0 }]);
});

test.runIf(process.platform === 'linux')('a program is stopped although its helper was killed', async () => {
  const { dir, executor, exits } = await opened();
  const { ready, run } = gated(dir);
  executor.start(run);
  process.kill(await parentOf(Number(await ready.written())), 'SIGKILL');
  executor.stop(run.stageId, 1);
  expect(await exits.next(run)).toMatchObject({ kind: 'exited', signal: 'SIGTERM' });
});

test.runIf(process.platform === 'linux')(
  'the helper leaves with its master, and what runs stays',
  async () => {
    const dir = await scratchDir();
    const script = await bundleScript(new URL('../../contract/support/run-stages.ts', import.meta.url), dir);
    const { ready, go, run } = gated(dir);
    const master = runScript(script, [join(dir, 'state'), JSON.stringify([run])]);
    const supervisor = Number(await ready.written());
    const helper = await parentOf(supervisor);
    expect(await parentOf(helper)).toBe(master.pid);
    master.kill('SIGKILL');
    await expect.poll(() => birthOf(helper, process.platform)).toBe(null);
    expect(await birthOf(supervisor, process.platform)).not.toBe(null);
    await go.open();
    await expect.poll(() => birthOf(supervisor, process.platform)).toBe(null);
  },
);

test.runIf(process.platform === 'linux')('the helper leaves when the executor is closed', async () => {
  const { dir, executor } = await opened();
  const { ready, run } = gated(dir);
  executor.start(run);
  const helper = await parentOf(Number(await ready.written()));
  await executor.close();
  expect(await birthOf(helper, process.platform)).toBe(null);
});

test.runIf(process.platform === 'linux')(
  'a program inherits no descriptor and no channel of the helper',
  async () => {
    const { executor, exits } = await opened();
    const run = shellRun('ls /proc/self/fd; env');
    expect(await exits.of(run)).toMatchObject({ exitCode: 0 });
    const log = await readFile(executor.logOf(run.taskName, run.stageId, 1), 'utf8');
    // The test itself may have inherited some that every process gets.
    const usual = execFileSync('/bin/sh', ['-c', 'ls /proc/self/fd'], { encoding: 'utf8' });
    expect(log.match(/^\d+$/gm)?.join('\n')).toBe(usual.trim());
    expect(log).not.toContain('NODE_');
  },
);
