import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { startMasterProcess } from '../../helpers/master-process.ts';

it('clic-master with --executor kubernetes starts, says so and stops while no API server answers', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'clic-kubernetes-start-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const kubeconfig = path.join(folder, 'kubeconfig');
  const cluster = { server: 'http://127.0.0.1:9', 'insecure-skip-tls-verify': true };
  const document = {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'c',
    clusters: [{ name: 'c', cluster }],
    contexts: [{ name: 'c', context: { cluster: 'c', user: 'u' } }],
    users: [{ name: 'u', user: {} }],
  };
  writeFileSync(kubeconfig, JSON.stringify(document));
  const template = path.join(folder, 'pods.yaml');
  writeFileSync(template, 'template:\n  spec:\n    containers: [{name: main}]\nallow:\n  secrets: [one]\n');
  const master = await startMasterProcess({
    args: [
      ...['--executor', 'kubernetes', '--kubeconfig', kubeconfig, '--stage-namespace', 'stages'],
      ...['--pod-template', template, '--advertise', '127.0.0.1'],
    ],
  });
  onTestFinished(() => master.close());
  await expect.poll(() => master.log(), { timeout: 20_000 }).toContain("can't be followed");
  expect(await master.stop()).toBe(0);
  const log = master.log();
  expect(log).not.toContain('left behind');
  // That is foreseen: no place in the sources is named.
  expect(log).not.toContain('    at ');
}, 60_000);
