import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { birthOf } from '../../../src/master/executor/process/claim.ts';
import { Bench } from './support/bench.ts';
import { logged, waitFor } from './support/plans.ts';
import { seededRandom } from './support/random.ts';
import { listedPlans, Submitters } from './support/submitters.ts';

const LIMIT = { timeout: 60_000 };
/** The grace of stages here is half a second. */
const STOPS_WITHIN_MS = 10_000;

describe('clic-master, told to stop', LIMIT, () => {
  it.each(['SIGTERM', 'SIGINT'] as const)('leaves with 0 on %s when nothing runs', async (signal) => {
    const bench = await Bench.start();
    // A connection that is open does not keep it.
    await bench.client.listTasks();
    const { child } = bench.master;
    child.kill(signal);
    await expect.poll(() => child.exitCode, { timeout: STOPS_WITHIN_MS }).toBe(0);
    expect(bench.master.log()).toContain(`${signal}: stopping`);
  });

  it('ends its stages with all their processes, and the next one runs them again', async () => {
    const bench = await Bench.start();
    const stubborn = [
      'echo run >> runs',
      // The second time, there is nothing to wait for.
      '[ "$(grep -c run runs)" = 1 ] || exit 0',
      'trap "" TERM HUP INT',
      `(${waitFor('never')}) & echo $$ $! > pids`,
      `: > ready; ${waitFor('never')}`,
    ].join('; ');
    const task = await bench.submit([
      { name: 'stubborn', run: stubborn },
      { name: 'next', after: ['stubborn'], run: logged('next') },
    ]);
    await task.has('ready');
    const pids = task.lines('pids').join(' ').split(' ').map(Number);
    expect(pids).toHaveLength(2);

    const begun = performance.now();
    expect(await bench.stop()).toBe(0);
    expect(performance.now() - begun).toBeLessThan(STOPS_WITHIN_MS);
    for (const pid of pids) expect(await birthOf(pid, process.platform)).toBeNull();

    await bench.up();
    expect(await task.ended()).toBe('COMPLETED');
    expect(task.lines('runs')).toHaveLength(2);
    expect(task.lines('log')).toEqual(['start next', 'end next']);
    // It was no fault of the stage.
    expect((await task.stage('stubborn')).retryCount).toBe(0);
  });

  it('does not run a stage again that succeeds when it is told to end', async () => {
    const bench = await Bench.start();
    const obedient = `echo run >> runs; trap 'exit 0' TERM; : > ready; ${waitFor('never')}`;
    const task = await bench.submit([
      { name: 'obedient', run: obedient },
      { name: 'next', after: ['obedient'], run: logged('next') },
    ]);
    await task.has('ready');
    expect(await bench.stop()).toBe(0);
    expect(task.lines('log')).toEqual([]);
    await bench.up();
    expect(await task.ended()).toBe('COMPLETED');
    expect(task.lines('runs')).toEqual(['run']);
    expect(task.lines('log')).toEqual(['start next', 'end next']);
  });

  it('and killed before its stages have ended, runs them again, whatever they said about their end', async () => {
    const bench = await Bench.start({ args: ['--max-retries', '0'] });
    const told = [
      'echo run >> runs',
      // The second time, there is nothing to wait for.
      '[ "$(grep -c run runs)" = 1 ] || exit 0',
      `trap ': > told; ${waitFor('go')}; : > ended; exit 3' TERM`,
      `: > ready; ${waitFor('never')}`,
    ].join('; ');
    const task = await bench.submit([{ name: 'told', run: told }]);
    await task.has('ready');
    bench.master.child.kill('SIGTERM');
    await task.has('told');
    await bench.kill();
    task.give('go');
    await bench.up();
    expect(await task.ended()).toBe('COMPLETED');
    expect(task.lines('runs')).toHaveLength(2);
    expect((await task.stage('told')).retryCount).toBe(0);
  });

  it('does not begin what was waiting', async () => {
    const bench = await Bench.start({ args: ['--max-running', '1'] });
    const task = await bench.submit([
      { name: 'first', run: `: > ready; ${waitFor('go')}` },
      { name: 'second', run: logged('second') },
    ]);
    await task.has('ready');
    expect(await bench.stop()).toBe(0);
    expect(task.lines('log')).toEqual([]);
    task.give('go');
    await bench.up();
    expect(await task.ended()).toBe('COMPLETED');
    expect(task.lines('log')).toEqual(['start second', 'end second']);
  });

  it('answers what it has stored, and stores nothing that it has not answered', async () => {
    const random = seededRandom(1);
    const bench = await Bench.start();
    const submitters = new Submitters(bench.plan([{ name: 'a', run: ':' }]));
    const { acknowledged } = submitters;
    for (let round = 0; round < 3; round += 1) {
      const before = acknowledged.length;
      const submitting = submitters.submitTo(bench);
      await expect.poll(() => acknowledged.length).toBeGreaterThan(before);
      await delay(100 * random());
      expect(await bench.stop()).toBe(0);
      await submitting;
      await bench.up();
      expect((await listedPlans(bench)).toSorted()).toEqual(acknowledged.toSorted());
    }
  });
});
