import { describe, expect, it } from 'vitest';
import { measure } from '../../../src/master/http/measure.ts';
import type { Meter } from '../../../src/master/http/metrics-table.ts';
import { Bench, settled } from '../scheduler/support/bench.ts';
import { chain, id, planOf } from '../scheduler/support/plans.ts';
import { planRecord } from '../../../src/master/state/submission.ts';

/** What has been counted and measured, a line each. */
function recorder(): { readonly meter: Meter; readonly lines: string[] } {
  const lines: string[] = [];
  const note = (name: string, ...more: unknown[]): number =>
    lines.push([name.replace('clic_master_', ''), ...more.map((part) => JSON.stringify(part))].join(' '));
  return {
    lines,
    meter: {
      count: (name, labels) => void note(name, labels),
      observe: (name, seconds, labels) => void note(name, seconds, labels),
    },
  };
}

describe('what happens to tasks and stages is counted:', () => {
  it('a submission, how long each attempt waited and ran, why one failed, and the end of the task', async () => {
    const bench = await new Bench().start({ maxRetries: 1, retryDelayMs: 1000, maxRunning: 1 });
    const { meter, lines } = recorder();
    const told = async (): Promise<string[]> => {
      await settled();
      for (const happening of bench.happenings.splice(0)) measure(meter, happening, bench.clock.now());
      return lines.splice(0);
    };
    await bench.loop.submit('p', '/plans', planRecord(planOf([], [])));
    expect(await told()).toEqual(['submissions_total {}', 'launches_total {}', 'queue_wait_seconds 0 {}']);
    bench.clock.advance(2000);
    bench.executor.exit(id(1), 3);
    expect(await told()).toEqual([
      'failures_total {"reason":"program","retried":"true"}',
      'run_time_seconds 2 {"outcome":"failed"}',
      'launches_total {}',
      'queue_wait_seconds 2 {}',
    ]);
    bench.clock.advance(1500);
    bench.executor.exit(id(2), 0);
    expect(await told()).toEqual([
      'run_time_seconds 1.5 {"outcome":"completed"}',
      'launches_total {}',
      // Its pause was over half a second ago.
      'queue_wait_seconds 0.5 {}',
    ]);
    bench.executor.end(id(1), { kind: 'failed-to-start', reason: 'no image', isFinal: true });
    expect(await told()).toEqual([
      'failures_total {"reason":"start","retried":"false"}',
      'tasks_ended_total {"status":"FAILED"}',
    ]);
  });

  it.each([
    [{ kind: 'lost' }, 'lost'],
    [{ kind: 'displaced', reason: 'drained' }, 'displaced'],
  ] as const)('%j as an attempt that was %s', async (ending, reason) => {
    const bench = await new Bench().start({ retryDelayMs: 0 });
    const { meter, lines } = recorder();
    await bench.loop.submit('p', '/plans', planRecord(chain(1)));
    bench.executor.end(id(1), ending);
    await settled();
    for (const happening of bench.happenings) measure(meter, happening, bench.clock.now());
    expect(lines).toContain(`failures_total {"reason":"${reason}","retried":"true"}`);
  });
});
