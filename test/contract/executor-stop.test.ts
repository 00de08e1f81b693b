import { describe, expect, test } from 'vitest';
import { EXECUTORS, opening } from './support/executors.ts';
import { exited, Gate, killed, OWN, shellRun } from './support/stages.ts';

describe.each(Object.entries(EXECUTORS))('stopping with the %s executor', (_, open) => {
  const opened = opening(open);

  test('stops a program', async () => {
    const { executor, exits, dir } = await opened();
    const ready = new Gate(dir, 'ready');
    const run = shellRun('echo > "$READY"; exec sleep 1000', { env: { READY: ready.path } });
    executor.start(run);
    await ready.written();
    executor.stop(run.stageId, 1);
    expect(await exits.next(run)).toEqual(killed('SIGTERM'));
  });

  test('lets a program that is stopped say how it ended', async () => {
    const { executor, exits, output, dir } = await opened();
    const ready = new Gate(dir, 'ready');
    const run = shellRun('trap "echo cleaned; exit 3" TERM; echo > "$READY"; while :; do read x; done', {
      env: { READY: ready.path },
    });
    executor.start(run);
    await ready.written();
    executor.stop(run.stageId, 1);
    expect(await exits.next(run)).toEqual(exited(3));
    expect(await output(run)).toBe('cleaned\n');
  });

  test('kills a program that ignores being stopped', async () => {
    const { executor, exits, dir } = await opened();
    const ready = new Gate(dir, 'ready');
    const run = shellRun('trap "" TERM; echo > "$READY"; exec sleep 1000', { env: { READY: ready.path } });
    executor.start(run);
    await ready.written();
    executor.stop(run.stageId, 1);
    executor.stop(run.stageId, 1);
    expect(await exits.next(run)).toEqual(killed('SIGKILL'));
  });

  test('stops a program that was only just started', async () => {
    const { executor, exits } = await opened();
    const run = shellRun('exec sleep 1000');
    executor.start(run);
    executor.stop(run.stageId, 1);
    // Its program may have been started, or not.
    const exit = await exits.next(run);
    if (exit.kind === 'exited') expect(exit).toEqual(killed('SIGTERM'));
    else expect(exit).toMatchObject({ kind: 'failed-to-start', isFinal: false });
  });

  test('takes no notice when it is told to stop what does not run', async () => {
    const { executor, exits } = await opened();
    executor.stop('wc-abcdefgh-sh-9', 1);
    await exits.of(shellRun('exit 0'));
    executor.stop(OWN.stageId, 1);
    executor.stop(OWN.stageId, 2);
    expect(await exits.of(shellRun('exit 0', { attempt: 2 }))).toMatchObject({ exitCode: 0 });
    expect(exits.all).toHaveLength(2);
  });

  test.each([
    ['failed', 'read x < "$GO"; exit 1'],
    ['was stopped', 'wait'],
    ['was stopped and calls that a success', 'trap "exit 0" TERM; wait'],
  ])('takes along what a program started when it %s', async (how, then) => {
    const { executor, exits, dir } = await opened();
    const [ready, held, go] = [new Gate(dir, 'ready'), new Gate(dir, 'held'), new Gate(dir, 'go')];
    const child = `trap '' TERM; exec 9> "$HELD"; echo > "$READY"; exec sleep 1000`;
    const run = shellRun(`(${child}) & ${then}`, {
      env: { READY: ready.path, HELD: held.path, GO: go.path },
    });
    executor.start(run);
    const letGo = held.written();
    await ready.written();
    if (how === 'failed') await go.open();
    else executor.stop(run.stageId, 1);
    expect(await exits.next(run)).toMatchObject({ kind: 'exited' });
    // Ends when no process has it open any more.
    expect(await letGo).toBe('');
  });

  test('ends what runs when it is closed, and does not report what was killed', async () => {
    const { executor, exits, dir } = await opened();
    const [ready, held] = [new Gate(dir, 'ready'), new Gate(dir, 'held')];
    const run = shellRun(`exec 9> "$HELD"; trap '' TERM; echo > "$READY"; exec sleep 1000`, {
      env: { READY: ready.path, HELD: held.path },
    });
    executor.start(run);
    const letGo = held.written();
    await ready.written();
    await executor.close();
    await letGo;
    executor.start(shellRun('exit 0', { attempt: 2 }));
    await executor.close();
    expect(exits.all).toEqual([]);
  });

  test('lets go on what runs when it leaves, which another one takes up', async () => {
    const { executor, exits, dir } = await opened();
    const [ready, go] = [new Gate(dir, 'ready'), new Gate(dir, 'go')];
    const run = shellRun('echo > "$READY"; read x < "$GO"; exit 7', {
      env: { READY: ready.path, GO: go.path },
    });
    executor.start(run);
    await ready.written();
    await executor.leave();
    executor.start(shellRun('exit 0', { attempt: 2 }));
    const next = await opened(dir);
    const exit = next.exits.of(run);
    await go.open();
    expect(await exit).toMatchObject(exited(7));
    expect(exits.all).toEqual([]);
  });

  test('reports what succeeds while it closes, before it has closed, and no other end', async () => {
    const { executor, exits, dir } = await opened();
    for (const [index, code] of [0, 3].entries()) {
      const ready = new Gate(dir, `ready${code}`);
      const run = shellRun(`trap "exit ${code}" TERM; echo > "$READY"; while :; do read x; done`, {
        stageId: `wc-abcdefgh-sh-${index + 1}`,
        env: { READY: ready.path },
      });
      executor.start(run);
      await ready.written();
    }
    await executor.close();
    expect(exits.all).toEqual([exited(0)]);
  });
});
