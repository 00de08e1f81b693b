import { describe, expect, it } from 'vitest';
import { COUNTERS, GAUGES, HISTOGRAMS } from '../../../src/master/http/metrics-table.ts';
import { PrometheusMeter } from '../../../src/master/http/prometheus.ts';
import { Bench } from '../scheduler/support/bench.ts';
import { planOf } from '../scheduler/support/plans.ts';
import { planRecord } from '../../../src/master/state/submission.ts';
import { parseMetrics } from '../../helpers/metrics.ts';

const HEALTH = { isLeader: true, isStoreWaiting: false };

describe('the metrics', () => {
  it('have what the table says, each with its type, from the first moment on', async () => {
    const { body, type } = await new PrometheusMeter(HEALTH).text();
    const { types, samples } = parseMetrics(body);
    expect(type).toContain('version=0.0.4');
    const expected = [
      ...Object.keys(GAUGES).map((name) => [name, 'gauge']),
      ...Object.keys(COUNTERS).map((name) => [name, 'counter']),
      ...Object.keys(HISTOGRAMS).map((name) => [name, 'histogram']),
    ];
    const ours = [...types].filter(([name]) => name.startsWith('clic_'));
    expect(ours.sort()).toEqual(expected.sort());
    expect(samples.get('clic_master_failures_total{reason="lost",retried="true"}')).toBe(0);
    expect(samples.get('clic_master_leader')).toBe(1);
    expect(types.has('process_resident_memory_bytes')).toBe(true);
  });

  it('count tasks and stages by status, as they are when it is asked', async () => {
    const meter = new PrometheusMeter(HEALTH);
    const { loop } = await new Bench().start({ maxRunning: 1 });
    meter.follow(loop.state);
    await loop.submit('p', '/plans', planRecord(planOf([], [], [])));
    await loop.submit('q', '/plans', planRecord(planOf([])));
    const { samples } = parseMetrics((await meter.text()).body);
    const counted = [...samples].filter(([name]) => /^clic_master_(?:tasks|stages)\{/.test(name));
    expect(Object.fromEntries(counted)).toEqual({
      'clic_master_tasks{status="RUNNING"}': 1,
      'clic_master_tasks{status="NEW"}': 1,
      'clic_master_stages{status="RUNNING"}': 1,
      'clic_master_stages{status="WAITING"}': 3,
    });
  });

  it('have as many lines after many tasks as after one of each kind', async () => {
    const meter = new PrometheusMeter(HEALTH);
    const lines = async (): Promise<number> =>
      (await meter.text()).body.split('\n').filter((line) => line.startsWith('clic_')).length;
    const before = await lines();
    for (let i = 0; i < 100; i += 1) {
      meter.count('clic_master_failures_total', { reason: 'program', retried: 'true' });
      meter.observe('clic_master_run_time_seconds', i, { outcome: 'failed' });
    }
    expect(await lines()).toBe(before);
  });
});
