import { describe, expect, test } from 'vitest';
import { EXECUTORS, opening } from './support/executors.ts';
import { scratchDir } from './support/scratch.ts';
import { exited, Gate, killed, OWN, shellRun } from './support/stages.ts';

describe.each(Object.entries(EXECUTORS))('asking the %s executor again', (_, open) => {
  const opened = opening(open);

  test('runs an attempt once, however often it is asked for', async () => {
    const { executor, exits, output } = await opened();
    const run = shellRun('echo ran');
    executor.start(run);
    executor.start(run);
    expect(await exits.of(run)).toEqual(exited(0));
    expect(exits.all).toHaveLength(1);
    executor.start(run);
    await expect.poll(() => exits.all.length).toBe(2);
    expect(exits.all).toMatchObject([exited(0), exited(0)]);
    expect(await output(run)).toBe('ran\n');
  });

  test('runs each further attempt, and keeps its output apart', async () => {
    const { exits, output } = await opened();
    const runs = [1, 2].map((attempt) => shellRun(`echo run ${attempt}; exit ${attempt}`, { attempt }));
    for (const run of runs) await exits.of(run);
    expect(exits.all).toMatchObject([{ exitCode: 1 }, { attempt: 2, exitCode: 2 }]);
    expect(await Promise.all(runs.map(output))).toEqual(['run 1\n', 'run 2\n']);
  });

  test('follows what an earlier one started, until it ends', async () => {
    const { executor, dir, output } = await opened();
    const [ready, go] = [new Gate(dir, 'ready'), new Gate(dir, 'go')];
    const run = shellRun('echo ran; echo > "$READY"; read x < "$GO"; exit 7', {
      env: { READY: ready.path, GO: go.path },
    });
    executor.start(run);
    await ready.written();
    const { exits } = await opened(dir);
    const exit = exits.of(run);
    await go.open();
    expect(await exit).toMatchObject(exited(7));
    expect(await output(run)).toBe('ran\n');
  });

  test('reports how something ended that an earlier one started', async () => {
    const { exits: before, dir, output } = await opened();
    const runs = [
      shellRun('echo ran; exit 5'),
      shellRun('echo ran; kill -9 $$', { stageId: 'wc-abcdefgh-sh-2' }),
    ];
    for (const run of runs) await before.of(run);
    const { exits } = await opened(dir);
    for (const run of runs) await exits.of(run);
    expect(exits.all).toMatchObject(before.all);
    for (const run of runs) expect((await output(run)).startsWith('ran\n')).toBe(true);
  });

  test('stops what an earlier one started', async () => {
    const { executor, dir } = await opened();
    const ready = new Gate(dir, 'ready');
    const run = shellRun('echo > "$READY"; exec sleep 1000', { env: { READY: ready.path } });
    executor.start(run);
    await ready.written();
    const { executor: later, exits } = await opened(dir);
    later.start(run);
    later.stop(run.stageId, 1);
    expect(await exits.next(run)).toMatchObject(killed('SIGTERM'));
  });

  test('runs an attempt once when several are asked for it at the same moment', async () => {
    const dir = await scratchDir();
    const all = await Promise.all(Array.from({ length: 8 }, () => opened(dir)));
    const run = shellRun('echo ran; exit 4');
    const reports = await Promise.all(all.map(({ exits }) => exits.of(run)));
    expect(reports).toMatchObject(all.map(() => exited(4)));
    expect(await all[0]!.output(run)).toBe('ran\n');
  });

  test('has lost what ended because the earlier one was closed', async () => {
    const { executor, dir } = await opened();
    const ready = new Gate(dir, 'ready');
    const run = shellRun('echo > "$READY"; exec sleep 1000', { env: { READY: ready.path } });
    executor.start(run);
    await ready.written();
    await executor.close();
    const { exits } = await opened(dir);
    expect(await exits.of(run)).toEqual({ ...OWN, kind: 'lost' });
  });

  test('knows of a success in the moment of closing', async () => {
    const { executor, dir } = await opened();
    const ready = new Gate(dir, 'ready');
    const run = shellRun('trap "exit 0" TERM; echo > "$READY"; while :; do read x; done', {
      env: { READY: ready.path },
    });
    executor.start(run);
    await ready.written();
    await executor.close();
    const { exits } = await opened(dir);
    expect(await exits.of(run)).toMatchObject(exited(0));
  });
});
