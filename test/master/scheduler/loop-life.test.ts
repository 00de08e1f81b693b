import { planRecord } from '../../../src/master/state/submission.ts';
import { describe, expect, it } from 'vitest';
import { Bench, fateOf, settled } from './support/bench.ts';
import { chain, id, place, planOf } from './support/plans.ts';

describe('opening', () => {
  it('shows the state, but takes up nothing until it is started', async () => {
    const before = await new Bench().start();
    await before.loop.submit('p', '/plans', planRecord(chain(2)));
    await before.loop.submit('p', '/plans', planRecord(planOf()));
    const after = await new Bench(before.store).open();
    expect([...after.loop.state.tasks.keys()]).toEqual(['p-aaaaaaaa', 'p-bbbbbbbb']);
    const submission = fateOf(after.loop.submit('q', '/plans', planRecord(chain(1))));
    await settled();
    expect(after.executor.started).toEqual([]);
    expect(submission.resolved).not.toHaveBeenCalled();
    const elsewhere = { host: 'elsewhere', port: 8888 };
    after.loop.start({ clients: elsewhere, reports: elsewhere });
    await settled();
    expect(after.executor.started).toEqual([`${id(1)}/1`, `${id(1, 'q-aaaaaaaa')}/1`]);
    expect(after.executor.runs[0]?.env).toMatchObject({
      CLIC_MASTER_HOST: 'elsewhere',
      CLIC_MASTER_PORT: '8888',
    });
    expect(submission.resolved).toHaveBeenCalledOnce();
  });
});

describe('time', () => {
  it('starts a stage again when its pause is over, even if the timer is early', async () => {
    const { loop, executor, clock } = await new Bench().start({ retryDelayMs: 500 });
    await loop.submit('p', '/plans', planRecord(chain(1)));
    executor.exit(id(1), 1);
    await settled();
    clock.advance(499);
    await settled();
    clock.ringEarly();
    await settled();
    expect(executor.started).toEqual([`${id(1)}/1`]);
    clock.advance(1);
    await settled();
    expect(executor.started).toEqual([`${id(1)}/1`, `${id(1)}/2`]);
  });

  it('removes finished tasks, once a minute', async () => {
    const { loop, executor, clock, store } = await new Bench().start({ retentionMs: 90_000 });
    await loop.submit('p', '/plans', planRecord(chain(1)));
    executor.exit(id(1), 0);
    await settled();
    clock.advance(60_000);
    await settled();
    expect(loop.state.tasks.size).toBe(1);
    clock.advance(60_000);
    await settled();
    expect(executor.forgotten).toEqual(['p-aaaaaaaa']);
    expect(loop.state.tasks.size + loop.state.active.size).toBe(0);
    expect(store.task('p-aaaaaaaa')).toBeUndefined();
  });

  it('only warns when what a task left behind can not be removed', async () => {
    const { loop, executor, clock, warnings, fatal } = await new Bench().start({ retentionMs: 0 });
    executor.forgetFailure = new Error('busy');
    await loop.submit('p', '/plans', planRecord(planOf()));
    clock.advance(60_000);
    await settled();
    expect(warnings).toEqual([executor.forgetFailure]);
    expect(fatal).toEqual([]);
  });
});

describe('closing', () => {
  it('answers what was asked, refuses what comes, and notes what was interrupted when it has ended', async () => {
    const { loop, store, executor, clock } = await new Bench().start();
    await loop.submit('p', '/plans', planRecord(chain(1)));
    const release = store.hold();
    const asked = loop.submit('q', '/plans', planRecord(chain(1)));
    let isLiveWhileClosing: boolean | undefined;
    executor.whileClosing = () => {
      isLiveWhileClosing = store.stage(id(1))?.live;
      executor.end(id(1), { kind: 'exited', exitCode: null, signal: 'SIGTERM' });
    };
    const closing = loop.close();
    expect(loop.close()).toBe(closing);
    await expect(loop.submit('r', '/plans', planRecord(chain(1)))).rejects.toMatchObject({ code: 'REFUSED' });
    await settled();
    expect(executor.isClosed).toBe(false);
    release();
    expect(await asked).toBe('q-bbbbbbbb');
    await closing;
    expect(isLiveWhileClosing).toBe(true);
    expect(store.stage(id(1))).toMatchObject({ status: 'WAITING', live: false, attempt: 1, retryCount: 0 });
    expect(store.stage(id(1, 'q-bbbbbbbb'))).toMatchObject({ status: 'WAITING', live: false, retryCount: 0 });
    expect(store.isClosed).toBe(true);
    expect(clock.pending).toBe(0);
    store.isClosed = false;
    const next = await new Bench(store).start();
    await settled();
    expect(next.executor.started).toEqual([`${id(1)}/2`, `${id(1, 'q-bbbbbbbb')}/2`]);
  });

  it('keeps what ended before it: such a stage is not run again', async () => {
    const { loop, store, executor } = await new Bench().start();
    await loop.submit('p', '/plans', planRecord(chain(1)));
    const release = store.hold();
    const other = loop.submit('q', '/plans', planRecord(chain(1)));
    const closing = loop.close();
    executor.exit(id(1), 0);
    release();
    await Promise.all([other, closing]);
    expect(store.stage(id(1))).toMatchObject({ status: 'COMPLETED' });
  });

  it('keeps what succeeds while the executor closes: such a stage is not run again', async () => {
    const { loop, store, executor } = await new Bench().start();
    await loop.submit('p', '/plans', planRecord(chain(2)));
    executor.whileClosing = () => executor.exit(id(1), 0);
    await loop.close();
    expect(store.stage(id(1))).toMatchObject({ status: 'COMPLETED', live: false, attempt: 1 });
    store.isClosed = false;
    const next = await new Bench(store).start();
    await settled();
    expect(next.executor.started).toEqual([`${id(2)}/1`]);
  });

  it.each([0, 1, 2, 3, 4, 5, 6])(
    'waits for what is reported %i turns after its last answer',
    async (turns) => {
      const { loop, store, executor, fatal } = await new Bench().start();
      await loop.submit('p', '/plans', planRecord(chain(1)));
      const answered = loop.changeStage({ kind: 'prepared', ...place(1), attempt: 1 });
      const closing = loop.close();
      await answered;
      for (let turn = 0; turn < turns; turn += 1) await Promise.resolve();
      const release = store.hold();
      executor.exit(id(1), 0);
      await settled();
      expect(executor.isClosed).toBe(executor.wasClosingAtExit);
      release();
      await closing;
      expect(fatal).toEqual([]);
      // It may come as the executor has closed: then it is too late.
      const expected = executor.wasClosingAtExit ? ['COMPLETED', 'WAITING'] : ['COMPLETED'];
      expect(expected).toContain(store.stage(id(1))?.status);
    },
  );

  it('leaves running what a loop that was never started would have taken up', async () => {
    const before = await new Bench().start();
    await before.loop.submit('p', '/plans', planRecord(chain(1)));
    const { loop, store } = await new Bench(before.store).open();
    const asked = fateOf(loop.changeStage({ kind: 'completed', ...place(1), attempt: 1 }));
    await loop.close();
    await settled();
    expect(asked.rejected).toHaveBeenCalledOnce();
    expect(store.stage(id(1))).toMatchObject({ status: 'RUNNING', live: true });
    expect(store.isClosed).toBe(true);
  });

  it('closes the store although the executor fails to close', async () => {
    const { loop, store, executor } = await new Bench().start();
    executor.whileClosing = () => {
      throw new Error('stuck');
    };
    await expect(loop.close()).rejects.toThrow('stuck');
    expect(store.isClosed).toBe(true);
  });
});
