import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { EXECUTORS, opening } from './support/executors.ts';
import { exited, Gate, killed, OWN, shellRun, stageRun } from './support/stages.ts';

describe.each(Object.entries(EXECUTORS))('the %s executor', (_, open) => {
  const opened = opening(open);

  test.each([0, 1, 7, 127, 128])('reports the exit code %i', async (code) => {
    const { exits } = await opened();
    expect(await exits.of(shellRun(`exit ${code}`))).toEqual(exited(code));
  });

  test.each(['TERM', 'KILL', 'SEGV'])('reports that a program was ended by SIG%s', async (signal) => {
    const { exits } = await opened();
    expect(await exits.of(shellRun(`kill -${signal} $$`))).toEqual(killed(`SIG${signal}`));
  });

  test('keeps what a program writes to stdout and stderr', async () => {
    const { exits, output } = await opened();
    const run = shellRun('echo out; echo 错误 >&2; echo again');
    await exits.of(run);
    expect(await output(run)).toBe('out\n错误\nagain\n');
  });

  test('keeps all of a large output', async () => {
    const { exits, output } = await opened();
    const run = shellRun('head -c 3000000 /dev/zero | tr "\\0" x');
    await exits.of(run);
    expect((await output(run)).length).toBe(3_000_000);
  });

  test('hands over arguments as they are', async () => {
    const { exits, output } = await opened();
    const args = ['$(echo pwned)', '`id`', 'a b', "it's", '"', '', '*', '-n', 'line\nbreak', '\\n', '数据'];
    const run = stageRun([
      process.execPath,
      '-e',
      'console.log(JSON.stringify(process.argv.slice(1)))',
      '--',
      ...args,
    ]);
    expect(await exits.of(run)).toEqual(exited(0));
    expect(JSON.parse(await output(run))).toEqual(args);
  });

  test('sets the environment of the run, whatever its names and values', async () => {
    const { exits, output } = await opened();
    const env = {
      GREETING: "it's\n$HOME",
      'spark.driver.memory': '1g',
      status: 'mine',
      dir: 'mine too',
      CLIC_STAGE_ID: OWN.stageId,
    };
    const run = stageRun([process.execPath, '-p', 'JSON.stringify(process.env)'], { env });
    expect(await exits.of(run)).toEqual(exited(0));
    expect(JSON.parse(await output(run))).toMatchObject({ ...env, CLIC_PLAN_DIR: '/data/plans' });
  });

  test('takes PATH from the run', async () => {
    const { exits } = await opened();
    const run = stageRun(['/bin/echo', 'found'], { env: { PATH: '/nonexistent' } });
    expect(await exits.of(run)).toEqual(exited(0));
  });

  test('runs the stages of a task in one folder, and those of another task elsewhere', async () => {
    const { exits, output } = await opened();
    await exits.of(shellRun('echo shared > made-here'));
    const sibling = shellRun('cat made-here; [ "$PWD" = "$CLIC_WORK_DIR" ]', { stageId: 'wc-abcdefgh-sh-2' });
    expect(await exits.of(sibling)).toMatchObject({ exitCode: 0 });
    expect(await output(sibling)).toBe('shared\n');
    const stranger = shellRun('test ! -e made-here', {
      taskName: 'wc-zzzzzzzz',
      stageId: 'wc-zzzzzzzz-sh-1',
    });
    expect(await exits.of(stranger)).toMatchObject({ exitCode: 0 });
  });

  test('gives a program nothing to read', async () => {
    const { exits, output } = await opened();
    const run = stageRun(['/bin/cat']);
    expect(await exits.of(run)).toEqual(exited(0));
    expect(await output(run)).toBe('');
  });

  test('reports a program that is not there as 127, and says so in the output', async () => {
    const { exits, output } = await opened();
    const run = stageRun(['no-such-program']);
    expect(await exits.of(run)).toEqual(exited(127));
    expect(await output(run)).toContain('no-such-program');
  });

  test('reports a program that can’t be executed as 126', async () => {
    const { exits } = await opened();
    expect(await exits.of(stageRun(['/etc/passwd']))).toEqual(exited(126));
  });

  test.each(['exit', 'eval', 'trap'])('takes no shell command for a program: %s', async (word) => {
    const { exits } = await opened();
    expect(await exits.of(stageRun([word, '0']))).toEqual(exited(127));
  });

  test('reports a command that can’t be run at all', async () => {
    const { exits } = await opened();
    const commands = [[], [''], ['-c', 'true'], ['/bin/echo', 'nul\0']];
    for (const [i, command] of commands.entries()) {
      const exit = await exits.of(stageRun(command, { attempt: i + 1 }));
      expect(exit).toEqual({
        ...OWN,
        attempt: i + 1,
        kind: 'failed-to-start',
        reason: expect.any(String) as string,
        isFinal: true,
      });
    }
  });

  test('runs many stages at once', async () => {
    const { exits, dir } = await opened();
    const [arrived, go] = [join(dir, 'arrived'), new Gate(dir, 'go')];
    const runs = Array.from({ length: 60 }, (_, i) =>
      // Nothing is ever written to the fifo: each waits until the last writer lets go of it.
      shellRun(`echo ${i} >> "$ARRIVED"; read x < "$GO"; exit ${i}`, {
        stageId: `wc-abcdefgh-sh-${i}`,
        env: { ARRIVED: arrived, GO: go.path },
      }),
    );
    const ended = Promise.all(runs.map((run) => exits.of(run)));
    const here = async () => (await readFile(arrived, 'utf8').catch(() => '')).split('\n').length - 1;
    await expect.poll(here, { timeout: 10_000 }).toBe(60);
    await go.open();
    const codes = (await ended).map((exit) => (exit.kind === 'exited' ? exit.exitCode : exit.kind));
    expect(codes).toEqual(runs.map((_, i) => i));
  });

  test('forgets a task, and not the one whose name begins alike', async () => {
    const { executor, exits, output } = await opened();
    const run = shellRun('echo > made-here; echo out');
    const alike = { taskName: 'wc-abcdefgh-more-abcdefgh', stageId: 'wc-abcdefgh-more-abcdefgh-sh-1' };
    await exits.of(run);
    await exits.of(shellRun('echo > made-here; echo out', alike));
    await executor.forget(run.taskName);
    await executor.forget('never-abcdefgh');
    await expect(output(run)).rejects.toThrow('ENOENT');
    expect(await output(shellRun('', alike))).toBe('out\n');
    const check = shellRun('test -e made-here', { ...alike, attempt: 2 });
    expect(await exits.of(check)).toMatchObject({ exitCode: 0 });
  });
});
