import { existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { startMasterProcess } from '../../helpers/master-process.ts';
import { runMaster } from './support/run-master.ts';

/** A kubeconfig that leads to a port on which nothing listens. */
function deadKubeconfig(folder: string): string {
  const file = path.join(folder, 'kubeconfig');
  const cluster = { server: 'http://127.0.0.1:9', 'insecure-skip-tls-verify': true };
  const document = {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'c',
    clusters: [{ name: 'c', cluster }],
    contexts: [{ name: 'c', context: { cluster: 'c', user: 'u' } }],
    users: [{ name: 'u', user: {} }],
  };
  writeFileSync(file, JSON.stringify(document));
  return file;
}

function temporaryFolder(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'clic-kubernetes-start-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
}

it('clic-master with --executor kubernetes starts, says so and stops while no API server answers', async () => {
  const folder = temporaryFolder();
  const template = path.join(folder, 'pods.yaml');
  writeFileSync(template, 'template:\n  spec:\n    containers: [{name: main}]\nallow:\n  secrets: [one]\n');
  const master = await startMasterProcess({
    args: [
      ...['--executor', 'kubernetes', '--kubeconfig', deadKubeconfig(folder), '--stage-namespace', 'stages'],
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

it('clic-master whose pods could not reach it makes nothing, and says what to do', async () => {
  const folder = temporaryFolder();
  const stateDir = path.join(folder, 'state');
  const { exitCode, stderr } = await runMaster([
    ...['--port', '0', '--state-dir', stateDir, '--executor', 'kubernetes'],
    ...['--kubeconfig', deadKubeconfig(folder)],
  ]);
  expect(exitCode).toBe(2);
  expect(stderr).toBe(
    "clic-master: pods can't reach 127.0.0.1\nhint: say with --advertise where they reach this master, and listen there with --host\n",
  );
  expect(existsSync(stateDir)).toBe(false);
}, 60_000);

/** What a start says with that kubeconfig. */
async function saidOf(kubeconfig: string): Promise<string> {
  const { exitCode, stderr } = await runMaster([
    ...[
      '--port',
      '0',
      '--state-dir',
      path.join(path.dirname(kubeconfig), 'state'),
      '--executor',
      'kubernetes',
    ],
    ...['--kubeconfig', kubeconfig, '--advertise', '127.0.0.1'],
  ]);
  expect(exitCode).toBe(2);
  return stderr;
}

it("clic-master shows nothing of a kubeconfig that it can't read: there are secrets in it", async () => {
  const kubeconfig = path.join(temporaryFolder(), 'kubeconfig');
  writeFileSync(kubeconfig, 'users:\n  - user:\n      token: hunter2\n  bad: [\n');
  const stderr = await saidOf(kubeconfig);
  expect(stderr).toContain(`can't be used: ${kubeconfig}: `);
  expect(stderr).not.toContain('hunter2');
}, 60_000);

it('clic-master refuses a kubeconfig whose API server has no TLS, which no request would reach', async () => {
  const kubeconfig = deadKubeconfig(temporaryFolder());
  writeFileSync(
    kubeconfig,
    readFileSync(kubeconfig, 'utf8').replace('"insecure-skip-tls-verify":true', '"x":1'),
  );
  expect(await saidOf(kubeconfig)).toContain(`${kubeconfig} names no API server with TLS\n`);
}, 60_000);

it('clic-master refuses a kubeconfig without an end, instead of reading on', async () => {
  const kubeconfig = path.join(temporaryFolder(), 'kubeconfig');
  symlinkSync('/dev/zero', kubeconfig);
  expect(await saidOf(kubeconfig)).toContain('has more than 1048576 bytes\n');
}, 60_000);
