import { planRecord } from '../../../src/master/state/submission.ts';
import { describe, expect, it } from 'vitest';
import type { OutputPlace } from '../../../src/master/executor/executor.ts';
import type { Plan } from '../../../src/model/plan.ts';
import { RefusedError } from '../../../src/model/errors.ts';
import { Bench, fateOf, settled } from './support/bench.ts';
import { chain, id, place, planOf } from './support/plans.ts';

describe('what is acknowledged', () => {
  it('is stored before, and is neither shown nor run earlier', async () => {
    const { loop, store, executor } = await new Bench().start();
    const release = store.hold();
    const submission = fateOf(loop.submit('p', '/plans', planRecord(chain(2))));
    await settled();
    expect(store.batches).toHaveLength(1);
    expect(submission.resolved).not.toHaveBeenCalled();
    expect(loop.state.tasks.size).toBe(0);
    expect(executor.started).toEqual([]);
    release();
    await settled();
    expect(submission.resolved).toHaveBeenCalledWith('p-aaaaaaaa');
    expect(store.task('p-aaaaaaaa')).toMatchObject({ planName: 'p', planDir: '/plans', submitTime: 1000 });
    expect(loop.state.tasks.get('p-aaaaaaaa')).toMatchObject({ status: 'RUNNING' });
    expect(executor.started).toEqual([`${id(1)}/1`]);
  });

  it('goes into one batch with all else that was asked during a write', async () => {
    const { loop, store } = await new Bench().start();
    const release = store.hold();
    const first = loop.submit('p', '/plans', planRecord(chain(2)));
    const others = ['q', 'r', 's'].map((name) => loop.submit(name, '/plans', planRecord(chain(1))));
    const suspension = loop.changeStage({ kind: 'suspend', ...place(2) });
    await settled();
    release();
    expect(await first).toBe('p-aaaaaaaa');
    expect(await Promise.all(others)).toEqual(['q-bbbbbbbb', 'r-cccccccc', 's-dddddddd']);
    expect(await suspension).toBe('ok');
    expect(store.batches).toHaveLength(2);
    expect(store.batches[1]?.tasks.map(({ name }) => name)).toEqual([
      'q-bbbbbbbb',
      'r-cccccccc',
      's-dddddddd',
    ]);
    expect(store.stage(id(2))).toMatchObject({ status: 'SUSPEND' });
  });

  it('is stored in its last version only, when it changes several times in a batch', async () => {
    const { loop, store } = await new Bench().start();
    await loop.submit('p', '/plans', planRecord(planOf([], [])));
    const release = store.hold();
    const first = loop.changeStage({ kind: 'prepared', ...place(1), attempt: 1 });
    const others = [
      loop.changeStage({ kind: 'completed', ...place(1), attempt: 1 }),
      loop.changeStage({ kind: 'prepared', ...place(2), attempt: 1 }),
      loop.changeStage({ kind: 'completed', ...place(2), attempt: 1 }),
    ];
    release();
    await Promise.all([first, ...others]);
    const written = store.batches.map((batch) =>
      batch.stages.map(({ index, state }) => [index + 1, state.status, state.reportedTime]),
    );
    expect(written.slice(1)).toEqual([
      [[1, 'PREPARED', null]],
      [
        [1, 'PREPARED', 1000],
        [2, 'PREPARED', 1000],
      ],
    ]);
  });

  it('waits for the batch of an earlier report that it repeats', async () => {
    const { loop, store } = await new Bench().start();
    await loop.submit('p', '/plans', planRecord(chain(1)));
    const release = store.hold();
    const first = fateOf(loop.changeStage({ kind: 'completed', ...place(1), attempt: 1 }));
    const again = fateOf(loop.changeStage({ kind: 'completed', ...place(1), attempt: 1 }));
    await settled();
    expect(again.resolved).not.toHaveBeenCalled();
    release();
    await settled();
    expect(first.resolved).toHaveBeenCalledWith('ok');
    expect(again.resolved).toHaveBeenCalledWith('ignored');
  });

  it('writes nothing where nothing changes', async () => {
    const { loop, store } = await new Bench().start();
    expect(await loop.changeStage({ kind: 'suspend', ...place(1, 'nobody') })).toBe('unknown');
    expect(store.batches).toEqual([]);
  });
});

describe('a shortage', () => {
  it('refuses plans at once while the store waits for room, and lets what was asked before go on', async () => {
    const { loop, store } = await new Bench().start();
    const release = store.hold();
    const before = loop.submit('p', '/plans', planRecord(chain(1)));
    await settled();
    loop.hold('3 MiB are free');
    const refused = loop.submit('q', '/plans', planRecord(chain(1)));
    await expect(refused).rejects.toThrow('no plan is taken now: 3 MiB are free');
    release();
    expect(await before).toBe('p-aaaaaaaa');
    loop.hold(null);
    expect(await loop.submit('q', '/plans', planRecord(chain(1)))).toMatch(/^q-/);
    await loop.close();
  });
});

describe('a store that fails', () => {
  it('is fatal: no caller is told of success, nothing is run, and nothing is taken any more', async () => {
    const { loop, store, executor, fatal, clock } = await new Bench().start();
    const release = store.hold();
    store.failure = new Error('disk full');
    const written = fateOf(loop.submit('p', '/plans', planRecord(chain(1))));
    const queued = fateOf(loop.submit('q', '/plans', planRecord(chain(1))));
    await settled();
    release();
    await settled();
    expect(fatal).toEqual([store.failure]);
    // What was being written when the store failed may be in it.
    for (const [{ resolved, rejected }, code] of [
      [written, 'OUTCOME_UNKNOWN'],
      [queued, 'REFUSED'],
    ] as const) {
      expect(resolved).not.toHaveBeenCalled();
      expect(rejected.mock.calls[0]?.[0]).toMatchObject({ code, cause: store.failure });
    }
    expect(loop.state.tasks.size).toBe(0);
    expect(executor.started).toEqual([]);
    store.failure = null;
    await expect(loop.submit('p', '/plans', planRecord(chain(1)))).rejects.toThrow(RefusedError);
    expect(store.batches).toHaveLength(1);
    expect(clock.pending).toBe(0);
    await loop.close();
    expect(store.batches).toHaveLength(1);
    expect(store.isClosed).toBe(true);
    expect(fatal).toHaveLength(1);
  });

  it.each([
    ['goes on without the programs that run, which the next master takes up', true],
    ['stops the programs that run where no next master could know of them', false],
  ])('%s', async (_, isLasting) => {
    const { loop, store, executor, fatal } = await new Bench().start();
    store.isLasting = isLasting;
    await loop.submit('p', '/plans', planRecord(chain(1)));
    store.failure = new Error('the disk is gone');
    executor.exit(id(1), 1);
    await settled();
    expect(fatal).toEqual([store.failure]);
    await loop.close();
    expect({ left: executor.isLeft, stopped: executor.isClosed }).toEqual({
      left: isLasting,
      stopped: !isLasting,
    });
    expect(store.isClosed).toBe(true);
  });
});

describe('programs', () => {
  it('are told who they are, and where the master is', async () => {
    const { executor, loop } = await new Bench().start();
    await loop.submit('p', '/plans', planRecord(chain(1)));
    expect(executor.runs).toEqual([
      {
        stageId: id(1),
        stageName: 's1',
        taskName: 'p-aaaaaaaa',
        attempt: 1,
        image: 'busybox:1',
        command: ['/bin/true'],
        entryWords: 1,
        pod: null,
        env: {
          CLIC_STAGE_ID: id(1),
          CLIC_ATTEMPT: '1',
          CLIC_REPORT_ID: id(1),
          CLIC_MASTER_HOST: 'localhost',
          CLIC_MASTER_PORT: '7777',
        },
        planDir: '/plans',
      },
    ]);
  });

  it('drive the task to its end by how they exit', async () => {
    const { executor, loop } = await new Bench().start();
    await loop.submit('p', '/plans', planRecord(chain(2)));
    executor.exit(id(1), 1);
    await settled();
    executor.exit(id(1), 0);
    await settled();
    executor.exit(id(2), 0);
    await settled();
    expect(executor.started).toEqual([`${id(1)}/1`, `${id(1)}/2`, `${id(2)}/1`]);
    expect(loop.state.tasks.get('p-aaaaaaaa')?.status).toBe('COMPLETED');
  });

  it('may end while they are being started', async () => {
    const { executor, loop } = await new Bench().start();
    executor.immediately = { kind: 'exited', exitCode: 0, signal: null };
    await loop.submit('p', '/plans', planRecord(chain(3)));
    await settled();
    expect(loop.state.tasks.get('p-aaaaaaaa')?.status).toBe('COMPLETED');
  });

  it('are stopped when a stage fails that they depend on', async () => {
    const { executor, loop } = await new Bench().start({ maxRetries: 0 });
    await loop.submit('p', '/plans', planRecord(chain(2)));
    await loop.changeStage({ kind: 'prepared', ...place(1), attempt: 1 });
    executor.exit(id(1), 1);
    await settled();
    expect(executor.stopped).toEqual([`${id(2)}/1`]);
  });
});

describe('names', () => {
  it('are chosen anew when they are taken, also within one batch', async () => {
    const bench = await new Bench().start();
    bench.suffixes = ['aaaaaaaa', 'aaaaaaaa', 'bbbbbbbb'];
    const names = [
      bench.loop.submit('p', '/plans', planRecord(chain(1))),
      bench.loop.submit('p', '/plans', planRecord(chain(1))),
    ];
    expect(await Promise.all(names)).toEqual(['p-aaaaaaaa', 'p-bbbbbbbb']);
  });

  it('are refused when none is free, which harms nobody else', async () => {
    const bench = await new Bench().start();
    bench.suffixes = [];
    const answers = await Promise.allSettled(
      ['p', 'p', 'q'].map((name) => bench.loop.submit(name, '/plans', planRecord(chain(1)))),
    );
    expect(answers).toMatchObject([
      { status: 'fulfilled', value: 'p-zzzzzzzz' },
      { status: 'rejected', reason: { code: 'REFUSED' } },
      { status: 'fulfilled', value: 'q-zzzzzzzz' },
    ]);
  });

  it('leave room for the stages of others', async () => {
    const bench = await new Bench().start();
    bench.suffixes = ['bbbbbbbb', 'aaaaaaaa', 'cccccccc'];
    await bench.loop.submit('p-aaaaaaaa', '/plans', planRecord(chain(1)));
    const clash = {
      ...chain(1),
      stages: chain(1).stages.map((stage) => ({ ...stage, template: 'bbbbbbbb-shell-t' })),
    };
    expect(await bench.loop.submit('p', '/plans', planRecord(clash))).toBe('p-cccccccc');
  });
});

describe('the results that a stage declares', () => {
  const declaring = (): Plan => {
    const plan = chain(1);
    return {
      ...plan,
      stages: plan.stages.map((stage) => ({ ...stage, outputs: ['out', 'hdfs://nn/o'], deadlineMs: 5000 })),
    };
  };

  it('are looked for when its program has ended well, before it has completed', async () => {
    const bench = await new Bench().start({ maxRetries: 0 });
    const asked: (readonly OutputPlace[])[] = [];
    bench.missingOutput = (places) => {
      asked.push(places);
      return Promise.resolve('/state/work/p-aaaaaaaa/out');
    };
    await bench.loop.submit('p', '/plans', planRecord(declaring()));
    bench.executor.exit(id(1), 0);
    await settled();
    expect(asked).toEqual([
      [
        { path: '/state/work/p-aaaaaaaa/out', isVisible: true },
        { path: 'hdfs://nn/o', isVisible: true },
      ],
    ]);
    const reason = 'its result /state/work/p-aaaaaaaa/out is not there';
    expect(bench.store.stage(id(1))).toMatchObject({ status: 'FAILED', failure: { reason } });
  });

  it('may take their time to be found: a deadline that is over meanwhile is none any more', async () => {
    const bench = await new Bench().start({ maxRetries: 0 });
    let found: (missing: null) => void = () => undefined;
    bench.missingOutput = () => new Promise((resolve) => (found = resolve));
    await bench.loop.submit('p', '/plans', planRecord(declaring()));
    bench.clock.advance(4900);
    bench.executor.exit(id(1), 0);
    await settled();
    bench.clock.advance(1000);
    await settled();
    expect(bench.executor.stopped).toEqual([]);
    found(null);
    await settled();
    expect(bench.store.stage(id(1))).toMatchObject({ status: 'COMPLETED', completeTime: 5900 });
  });

  it('are not held against a stage when they can not be looked for', async () => {
    const bench = await new Bench().start();
    const problem = new Error('no look');
    bench.missingOutput = () => Promise.reject(problem);
    await bench.loop.submit('p', '/plans', planRecord(declaring()));
    bench.executor.exit(id(1), 0);
    await settled();
    expect(bench.warnings).toEqual([problem]);
    expect(bench.store.stage(id(1))?.status).toBe('COMPLETED');
  });
});
