import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { clic } from '../../helpers/clic-process.ts';
import { startMasterProcess } from '../../helpers/master-process.ts';
import { parseMetrics } from '../../helpers/metrics.ts';
import { runMaster } from './support/run-master.ts';
import { planText } from './support/plans.ts';

it('a master answers probes, and counts what it does', async () => {
  const master = await startMasterProcess({ args: ['--http-port', '0'] });
  onTestFinished(() => master.close());
  const url = `http://127.0.0.1:${/health and metrics: http:\/\/127\.0\.0\.1:(\d+)/.exec(master.log())?.[1] ?? ''}`;
  const plan = path.join(master.stateDir, 'p.yaml');
  writeFileSync(plan, planText([{ name: 'a', run: 'exit 0' }]));
  const at = ['--master-port', String(master.port)];
  expect(await clic([...at, 'submit', 'p', plan, '--wait'])).toMatchObject({ exitCode: 0 });

  expect((await fetch(`${url}/livez`)).status).toBe(200);
  expect(await (await fetch(`${url}/readyz`)).text()).toBe('ok\n');
  const { samples } = parseMetrics(await (await fetch(`${url}/metrics`)).text());
  const counted = (name: string): number | undefined => samples.get(`clic_master_${name}`);
  expect(counted('leader')).toBe(1);
  expect(counted('tasks{status="COMPLETED"}')).toBe(1);
  expect(counted('tasks_ended_total{status="COMPLETED"}')).toBe(1);
  expect(counted('submissions_total')).toBe(1);
  expect(counted('run_time_seconds_count{outcome="completed"}')).toBe(1);
  expect(counted('store_seconds_count{operation="write"}')).toBeGreaterThan(1);
});

it('a port for health that can not be had is told, and nothing is made', async () => {
  const master = await startMasterProcess();
  onTestFinished(() => master.close());
  const stateDir = path.join(master.stateDir, 'other');
  const { exitCode, stderr } = await runMaster(['--http-port', String(master.port), '--state-dir', stateDir]);
  expect(exitCode).toBe(2);
  expect(stderr).toContain('for health and metrics: the port is in use');
});
