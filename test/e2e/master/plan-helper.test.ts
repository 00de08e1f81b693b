import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { MasterClient } from '../../../src/model/master-client.ts';
import { createMasterClient } from '../../../src/rpc/connect.ts';
import { clientOptions } from '../../helpers/peer.ts';
import { Bench } from './support/bench.ts';
import { planText } from './support/plans.ts';

/** The helper that reads plans of this master. */
function helperOf(bench: Bench): number {
  const listing = execFileSync('ps', ['-o', 'pid=,args=', '--ppid', String(bench.master.child.pid)], {
    encoding: 'utf8',
  });
  const line = listing.split('\n').find((entry) => entry.includes('clic-plans'));
  if (line === undefined) throw new Error(`no helper in ${listing}`);
  return Number.parseInt(line, 10);
}

/** False for one that has ended and was not waited for, too. */
function isRunning(pid: number): boolean {
  const status = `/proc/${pid}/status`;
  return existsSync(status) && !/^State:\s+Z/m.test(readFileSync(status, 'utf8'));
}

/** A client that waits longer than a master lets a plan take. */
function patientClient(bench: Bench): MasterClient {
  const client = createMasterClient({ ...clientOptions(bench.master.port), callTimeoutMs: 60_000 });
  onTestFinished(() => client.close());
  return client;
}

describe.runIf(process.platform === 'linux')('the helper that reads plans', { timeout: 60_000 }, () => {
  it('keeps nothing else waiting while it checks a large plan', async () => {
    const bench = await Bench.start();
    await bench.client.submitPlan('small', bench.plan([{ name: 'a', run: ':' }]));
    const stages = Array.from({ length: 3_100 }, (_, i) => ({ name: `s${i}`, run: ': '.padEnd(60, 'x') }));
    const text = planText([...stages, { name: 'last', after: ['nobody'], run: ':' }]);
    expect(text.length).toBeGreaterThan(1_000_000);
    const client = patientClient(bench);
    const begun = performance.now();
    const answered = new AbortController();
    const refusal = client
      .submitPlan('large', bench.file('large.yaml', text))
      .catch(String)
      .finally(() => answered.abort());
    let longest = 0;
    while (!answered.signal.aborted) {
      const asked = performance.now();
      await bench.client.listTasks();
      longest = Math.max(longest, performance.now() - asked);
      // The machine is the helper's.
      await delay(10);
    }
    expect(longest).toBeLessThan((performance.now() - begun) / 2);
    expect(await refusal).toContain('unknown-dependency');
  });

  it('does not hold up stages or questions while it hangs', async () => {
    const bench = await Bench.start();
    await bench.submit([{ name: 'a', run: ':' }]);
    const helper = helperOf(bench);
    const chained = await bench.submit([
      { name: 'a', run: 'while [ ! -e go ]; do sleep 0.05; done' },
      { name: 'b', after: ['a'], run: ':' },
    ]);
    process.kill(helper, 'SIGSTOP');
    let isAnswered = false;
    const waiting = patientClient(bench)
      .submitPlan('late', bench.file('late.yaml', planText([{ name: 'c', run: ':' }])))
      .then(() => void (isAnswered = true));
    chained.give('go');
    expect(await chained.ended()).toBe('COMPLETED');
    expect(isAnswered).toBe(false);
    process.kill(helper, 'SIGCONT');
    await waiting;
  });

  it('ends with its master, stopped or killed, even where it hangs', async () => {
    const bench = await Bench.start();
    await bench.submit([{ name: 'a', run: ':' }]);
    const first = helperOf(bench);
    process.kill(first, 'SIGSTOP');
    expect(await bench.stop()).toBe(0);
    await expect.poll(() => isRunning(first)).toBe(false);
    await bench.up();
    await bench.submit([{ name: 'b', run: ':' }]);
    const second = helperOf(bench);
    await bench.kill();
    await expect.poll(() => isRunning(second)).toBe(false);
    await bench.up();
  });
});
