import { renameSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { UnreachableError } from '../../../src/model/errors.ts';
import { Bench, type BenchTask } from './support/bench.ts';
import { logged, orderProblems, waitFor, type StageLine } from './support/plans.ts';
import { seededRandom } from './support/random.ts';
import { listedPlans, Submitters } from './support/submitters.ts';

const LIMIT = { timeout: 120_000 };
/** Far more than is needed: each life of the master brings the plan further. */
const LIVES_MAX = 100;

function stage(name: string, ...after: string[]): StageLine {
  return { name, after, run: logged(name, 'sleep 0.05') };
}

/** Outlasts the time that a master takes to be back. */
function longStage(name: string, ...after: string[]): StageLine {
  return { name, after, run: logged(name, 'sleep 0.4') };
}

/** Twelve stages with forks and joins, seven of them in a row. The first waits to be let go. */
const STAGES = [
  { name: 'a', run: logged('a', waitFor('go')) },
  stage('b1', 'a'),
  stage('b2', 'a'),
  longStage('b3', 'a'),
  stage('c1', 'b1', 'b2'),
  stage('c2', 'b3'),
  stage('d1', 'c1'),
  longStage('d2', 'c1', 'c2'),
  stage('e', 'd1', 'd2'),
  longStage('f1', 'e'),
  stage('f2', 'e', 'a'),
  stage('g', 'f1', 'f2'),
];

const PROGRESS = ['WAITING', 'RUNNING', 'COMPLETED'];

/** Looks on until the master is gone. What was once told must stay true, also in the master's next life. */
async function lookOn(task: BenchTask, furthest: Map<string, number>): Promise<void> {
  try {
    for (;;) {
      for (const [name, status] of Object.entries(await task.statuses())) {
        const progress = PROGRESS.indexOf(status);
        expect(progress, `${name} is ${status}`).toBeGreaterThanOrEqual(furthest.get(name) ?? 0);
        furthest.set(name, progress);
      }
    }
  } catch (error) {
    if (!(error instanceof UnreachableError)) throw error;
  }
}

describe('a plan whose master is killed again and again', LIMIT, () => {
  it.each([1, 2, 3, 4, 5])('ends, and runs each stage once and in order (seed %i)', async (seed) => {
    const random = seededRandom(seed);
    const bench = await Bench.start();
    const task = await bench.submit(STAGES);
    await task.has('log');
    task.give('go');
    const furthest = new Map<string, number>();
    let lives = 1;
    let startMs = 300;
    do {
      expect(lives++).toBeLessThan(LIVES_MAX);
      const looking = lookOn(task, furthest);
      // In proportion to what this machine takes for a start: as far as that brings a plan, on a busy one too.
      await delay(startMs * random());
      await bench.kill();
      await looking;
      const begun = performance.now();
      await bench.up();
      startMs = performance.now() - begun;
    } while ((await task.info()).completeTime === null);
    expect(await task.info()).toMatchObject({ status: 'COMPLETED', stageCount: STAGES.length });
    expect(orderProblems(STAGES, task.lines('log'))).toEqual([]);
    for (const { retryCount, status } of await bench.client.stagesOf(task.name)) {
      expect({ retryCount, status }).toEqual({ retryCount: 0, status: 'COMPLETED' });
    }
  });

  it('outlives masters that are killed while they start', async () => {
    const random = seededRandom(6);
    const bench = await Bench.start();
    const task = await bench.submit(STAGES);
    await task.has('log');
    await bench.kill();
    task.give('go');
    for (let life = 0; life < 8; life += 1) await bench.upFor(250 * random());
    await bench.up();
    expect(await task.ended()).toBe('COMPLETED');
    expect(orderProblems(STAGES, task.lines('log'))).toEqual([]);
  });
});

describe('a stage that runs while its master is killed', LIMIT, () => {
  it('is found again by the next one, which sees how it ends', async () => {
    const bench = await Bench.start();
    const task = await bench.submit([
      { name: 'long', run: logged('long', `: > started; ${waitFor('go')}`) },
      stage('next', 'long'),
    ]);
    await task.has('started');
    await bench.kill();
    await bench.up();
    await task.reaches({ long: 'RUNNING', next: 'WAITING' });
    task.give('go');
    expect(await task.ended()).toBe('COMPLETED');
    expect(task.lines('log')).toEqual(['start long', 'end long', 'start next', 'end next']);
  });

  it.each([
    [0, 'COMPLETED'],
    [3, 'FAILED'],
  ])('and ends with %i before there is a next one, has %s', async (status, outcome) => {
    const bench = await Bench.start({ args: ['--max-retries', '0'] });
    const run = `echo run >> runs; ${waitFor('go')}; : > ended; exit ${status}`;
    const task = await bench.submit([{ name: 'long', run }]);
    await expect.poll(() => task.lines('runs')).toHaveLength(1);
    await bench.kill();
    task.give('go');
    await task.has('ended');
    await bench.up();
    expect(await task.ended()).toBe(outcome);
    expect(task.lines('runs')).toHaveLength(1);
  });
});

it(
  'a stage that runs while its master breaks is not stopped, and found again by the next one',
  LIMIT,
  async () => {
    const bench = await Bench.start();
    const task = await bench.submit([
      { name: 'long', run: logged('long', `trap 'echo stopped >> log' TERM; : > started; ${waitFor('go')}`) },
    ]);
    await task.has('started');
    const { master } = bench;
    const ended = new Promise((resolve) => master.child.once('exit', resolve));
    // The database goes on with the files that it has open, until it needs another one.
    const [store, away] = [path.join(bench.stateDir, 'store'), path.join(bench.folder, 'away')];
    renameSync(store, away);
    for (let sent = 0; sent < 20 && master.child.exitCode === null; sent += 1) {
      const names = Array.from({ length: 10 }, (_, index) => `large${sent}x${index}`);
      const plan = bench.plan(names.map((name) => ({ name, run: `: ${name}${'x'.repeat(100_000)}` })));
      await bench.clic('submit', 'plan', plan);
    }
    expect(await ended).toBe(1);
    expect(master.log()).toContain("clic-master: the master can't go on: ");
    expect(master.log()).toContain(
      'hint: what runs goes on, and the next start over this state directory takes it up',
    );
    renameSync(away, store);
    await bench.up();
    task.give('go');
    expect(await task.ended()).toBe('COMPLETED');
    expect(task.lines('log')).toEqual(['start long', 'end long']);
  },
);

it('a stage that is killed together with its master is run again, and that is no retry', LIMIT, async () => {
  const bench = await Bench.start({ args: ['--max-retries', '0'] });
  // The second time, there is nothing to wait for.
  const wait = `[ "$(grep -c run runs)" = 2 ] || { ${waitFor('never')}; }`;
  const task = await bench.submit([{ name: 'long', run: `echo $PPID > group; echo run >> runs; ${wait}` }]);
  await expect.poll(() => task.lines('runs')).toHaveLength(1);
  await bench.kill();
  // The parent of a stage's program leads its process group.
  process.kill(-Number(task.lines('group')[0]), 'SIGKILL');
  await bench.up();
  expect(await task.ended()).toBe('COMPLETED');
  expect(task.lines('runs')).toHaveLength(2);
  expect((await task.stage('long')).retryCount).toBe(0);
});

describe('what was acknowledged right before the master is killed', LIMIT, () => {
  it('is there afterwards: submissions of several clients', async () => {
    const random = seededRandom(7);
    const bench = await Bench.start({ args: ['--max-running', '1'] });
    const plan = bench.plan([stage('a'), stage('b', 'a')]);
    const submitters = new Submitters(plan);
    const { acknowledged } = submitters;
    for (let round = 0; round < 4; round += 1) {
      const before = acknowledged.length;
      const submitting = submitters.submitTo(bench);
      await expect.poll(() => acknowledged.length).toBeGreaterThan(before);
      await delay(200 * random());
      await bench.kill();
      await submitting;
      await bench.up();
      const listed = await listedPlans(bench);
      const there = new Set(listed);
      expect(acknowledged.filter((planName) => !there.has(planName))).toEqual([]);
      expect(listed).toHaveLength(there.size);
      expect(listed.length).toBeLessThanOrEqual(acknowledged.length + submitters.unanswered);
    }
  });

  it('is there afterwards: a suspension, and its end', async () => {
    const bench = await Bench.start();
    const task = await bench.submit([{ name: 'first', run: waitFor('go') }, stage('second', 'first')]);
    expect(await bench.client.suspendStage(task.idOf('second'))).toBe(true);
    await bench.kill();
    await bench.up();
    task.give('go');
    await task.reaches({ first: 'COMPLETED', second: 'SUSPEND' });
    expect(await bench.client.continueStage(task.idOf('second'))).toBe(true);
    await bench.kill();
    await bench.up();
    expect(await task.ended()).toBe('COMPLETED');
  });
});
