import { rmSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { Bench } from './support/bench.ts';
import { sendReport } from './support/executor-report.ts';
import { logged, orderProblems, planText, waitFor } from './support/plans.ts';

const LIMIT = { timeout: 60_000 };

describe('the order of stages', LIMIT, () => {
  it('runs the branches of a fork at the same time, and the join when both have ended', async () => {
    const bench = await Bench.start();
    const stages = [
      { name: 'source', run: logged('source') },
      // Each branch waits for the other: one after the other, they would never end.
      { name: 'left', after: ['source'], run: logged('left', `: > left; ${waitFor('right')}`) },
      { name: 'right', after: ['source'], run: logged('right', `: > right; ${waitFor('left')}`) },
      { name: 'join', after: ['left', 'right'], run: logged('join') },
    ];
    const task = await bench.submit(stages);
    expect(await task.ended()).toBe('COMPLETED');
    expect(orderProblems(stages, task.lines('log'))).toEqual([]);
    expect(await task.statuses()).toEqual({
      source: 'COMPLETED',
      left: 'COMPLETED',
      right: 'COMPLETED',
      join: 'COMPLETED',
    });
  });

  it('runs no more stages at once than --max-running', async () => {
    const bench = await Bench.start({ args: ['--max-running', '2'] });
    const names = ['a', 'b', 'c', 'd', 'e'];
    const task = await bench.submit(names.map((name) => ({ name, run: logged(name, waitFor('go')) })));
    await expect.poll(() => task.lines('log')).toHaveLength(2);
    const statuses = Object.values(await task.statuses());
    expect(statuses.toSorted()).toEqual(['RUNNING', 'RUNNING', 'WAITING', 'WAITING', 'WAITING']);
    task.give('go');
    expect(await task.ended()).toBe('COMPLETED');
    let running = 0;
    for (const line of task.lines('log')) {
      running += line.startsWith('start') ? 1 : -1;
      expect(running).toBeLessThanOrEqual(2);
    }
    expect(task.lines('log')).toHaveLength(2 * names.length);
  });

  it('releases the children of a stage that says its data is prepared, while it still runs', async () => {
    const bench = await Bench.start();
    const task = await bench.submit([
      { name: 'executor', run: waitFor('go') },
      { name: 'child', after: ['executor'], run: ':' },
    ]);
    await task.reaches({ executor: 'RUNNING', child: 'WAITING' });
    const { port } = bench.master;
    await sendReport(port, 'sched-start-1', task.idOf('executor'));
    expect(await task.statuses()).toEqual({ executor: 'RUNNING', child: 'WAITING' });
    await sendReport(port, 'sched-prepared-1', task.idOf('executor'));
    await task.reaches({ executor: 'PREPARED', child: 'COMPLETED' });
    await sendReport(port, 'sched-complete-1', task.idOf('executor'));
    // Its program has not ended.
    expect(await task.statuses()).toEqual({ executor: 'PREPARED', child: 'COMPLETED' });
    task.give('go');
    expect(await task.ended()).toBe('COMPLETED');
  });

  it('stops a program that says that it is done and does not end, which has completed then', async () => {
    const bench = await Bench.start({ args: ['--completion-grace', '200ms'] });
    const task = await bench.submit([{ name: 'executor', run: waitFor('never') }]);
    await task.reaches({ executor: 'RUNNING' });
    await sendReport(bench.master.port, 'sched-complete-1', task.idOf('executor'));
    expect(await task.ended()).toBe('COMPLETED');
  });
});

describe('a stage that fails', LIMIT, () => {
  it('fails its task, whose running stages end, and of which nothing more is started', async () => {
    const bench = await Bench.start({ args: ['--max-retries', '0'] });
    const task = await bench.submit([
      { name: 'bad', run: `${waitFor('fail')}; exit 3` },
      { name: 'other', run: `: > started; ${waitFor('go')}` },
      { name: 'child', after: ['bad'], run: logged('child') },
      { name: 'grandchild', after: ['child', 'other'], run: logged('grandchild') },
      { name: 'unrelated', after: ['other'], run: logged('unrelated') },
    ]);
    await task.has('started');
    task.give('fail');
    await task.reaches({ bad: 'FAILED', other: 'RUNNING' });
    expect(await task.info()).toMatchObject({ status: 'FAILED', completeTime: null });
    task.give('go');
    expect(await task.ended()).toBe('FAILED');
    expect(await task.statuses()).toEqual({
      bad: 'FAILED',
      other: 'COMPLETED',
      child: 'SKIPPED',
      grandchild: 'SKIPPED',
      unrelated: 'SKIPPED',
    });
    expect(task.lines('log')).toEqual([]);
    expect((await bench.clic('wait', task.name)).exitCode).toBe(3);
  });

  it('is run again until it works', async () => {
    const bench = await Bench.start({ args: ['--max-retries', '2'] });
    const task = await bench.submit([
      { name: 'flaky', run: 'echo run >> runs; [ "$(grep -c run runs)" = 3 ]' },
      { name: 'child', after: ['flaky'], run: logged('child') },
    ]);
    expect(await task.ended()).toBe('COMPLETED');
    expect(task.lines('runs')).toHaveLength(3);
    expect(await task.stage('flaky')).toMatchObject({ status: 'COMPLETED', retryCount: 2 });
    expect(task.lines('log')).toEqual(['start child', 'end child']);
  });

  it('has failed when its retries are used up', async () => {
    const bench = await Bench.start({ args: ['--max-retries', '2'] });
    const task = await bench.submit([
      { name: 'bad', run: 'echo run >> runs; kill -9 $$' },
      { name: 'child', after: ['bad'], run: logged('child') },
    ]);
    expect(await task.ended()).toBe('FAILED');
    expect(task.lines('runs')).toHaveLength(3);
    expect(await task.stage('bad')).toMatchObject({ status: 'FAILED', retryCount: 2 });
    expect(task.lines('log')).toEqual([]);
  });

  it('of an executor that ends well and has not reported its completion is run again, and fails its task', async () => {
    const bench = await Bench.start({ args: ['--max-retries', '1'] });
    const dag = bench.file('dag.yml', 'operators: [{ name: source }]\n');
    const task = await bench.submit([{ name: 'swallows', run: `echo run >> runs; : --dagPath=${dag}` }]);
    expect(await task.ended()).toBe('FAILED');
    expect(task.lines('runs')).toHaveLength(2);
    expect(await task.stage('swallows')).toMatchObject({
      status: 'FAILED',
      failure: 'ended without reporting that it has completed',
    });
  });

  it('is not completed by a late report of its first attempt', async () => {
    const bench = await Bench.start({ args: ['--max-retries', '1'] });
    const dag = bench.file('dag.yml', 'operators: [{ name: source }]\n');
    const run = `echo run >> runs; [ "$(grep -c run runs)" = 1 ] && exit 1; ${waitFor('go')}; : --dagPath=${dag}`;
    const task = await bench.submit([{ name: 'late', run }]);
    await expect.poll(async () => (await task.stage('late')).attempt, { timeout: 20_000 }).toBe(2);
    await sendReport(bench.master.port, 'sched-complete-1', task.idOf('late'));
    expect((await task.stage('late')).status).toBe('RUNNING');
    await sendReport(bench.master.port, 'sched-complete-1', `${task.idOf('late')}.2`);
    task.give('go');
    expect(await task.ended()).toBe('COMPLETED');
  });

  it('has failed when a result that it declares is not there, which is named', async () => {
    const bench = await Bench.start({ args: ['--max-retries', '0'] });
    const task = await bench.submit([{ name: 'forgets', result: 'out/part.csv', run: ':' }]);
    expect(await task.ended()).toBe('FAILED');
    const failure = `its result ${task.folder}/out/part.csv is not there`;
    expect(await task.stage('forgets')).toMatchObject({ status: 'FAILED', failure });
  });

  it('whose program is not there is not run again', async () => {
    const bench = await Bench.start({ args: ['--max-retries', '1'] });
    const task = await bench.submit([{ name: 'bad', run: '', command: ['/no/such/program'] }]);
    expect(await task.ended()).toBe('FAILED');
    expect(await task.stage('bad')).toMatchObject({ status: 'FAILED', retryCount: 0, attempt: 1 });
  });
});

describe('suspension', LIMIT, () => {
  it('holds back a waiting stage and what depends on it, until it is continued', async () => {
    const bench = await Bench.start();
    const task = await bench.submit([
      { name: 'first', run: logged('first', waitFor('go')) },
      { name: 'held', after: ['first'], run: logged('held') },
      { name: 'following', after: ['held'], run: logged('following') },
      { name: 'beside', after: ['first'], run: logged('beside') },
    ]);
    await task.reaches({ first: 'RUNNING' });
    const suspend = async (stage: string) => (await bench.clic('suspend', task.idOf(stage))).exitCode;
    expect([await suspend('first'), await suspend('held'), await suspend('held')]).toEqual([1, 0, 0]);
    task.give('go');
    await task.reaches({ first: 'COMPLETED', held: 'SUSPEND', following: 'WAITING', beside: 'COMPLETED' });
    expect(task.lines('log')).toEqual(['start first', 'end first', 'start beside', 'end beside']);
    expect((await bench.clic('continue', task.idOf('held'))).exitCode).toBe(0);
    expect(await task.ended()).toBe('COMPLETED');
    expect(task.lines('log').slice(4)).toEqual([
      'start held',
      'end held',
      'start following',
      'end following',
    ]);
    expect((await bench.clic('continue', task.idOf('held'))).exitCode).toBe(1);
  });
});

describe('a submission', LIMIT, () => {
  it('keeps the plan as it was, whatever becomes of its file', async () => {
    const bench = await Bench.start();
    const task = await bench.submit([
      { name: 'first', run: waitFor('go') },
      { name: 'second', after: ['first'], run: 'echo as submitted >> log' },
    ]);
    await task.reaches({ first: 'RUNNING' });
    writeFileSync(bench.plan([]), planText([{ name: 'second', run: 'echo edited >> log' }]));
    // Also for a master that reads its state anew.
    await bench.kill();
    rmSync(bench.plan([]));
    await bench.up();
    task.give('go');
    expect(await task.ended()).toBe('COMPLETED');
    expect(task.lines('log')).toEqual(['as submitted']);
  });

  it('of an invalid plan is refused with the diagnosis, and stores nothing', async () => {
    const bench = await Bench.start();
    const plan = bench.plan([{ name: 'a', after: ['b'], run: ':' }]);
    const { exitCode, stdout, stderr } = await bench.clic('submit', 'plan', plan, '--no-lint');
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toContain(`${plan}:1:`);
    expect(stderr).toContain('[unknown-dependency]');
    expect(stderr).toContain('nothing was stored');
    expect(await bench.client.listTasks()).toEqual([]);
  });

  it('of a file that is not there, or of no file, is refused', async () => {
    const bench = await Bench.start();
    for (const file of ['/no/such/plan.yaml', bench.folder]) {
      const { exitCode, stderr } = await bench.clic('submit', 'plan', file, '--no-lint');
      expect(exitCode).toBe(2);
      expect(stderr).toContain(file);
    }
    expect(await bench.client.listTasks()).toEqual([]);
  });
});
