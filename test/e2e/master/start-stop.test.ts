import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { startPeer } from '../../helpers/peer.ts';
import { MASTER } from './support/run-master.ts';
import { NODE } from '../../helpers/clic-process.ts';

/** Resolves when something listens there. */
async function listening(port: number): Promise<void> {
  await expect
    .poll(
      () =>
        new Promise((resolve) => {
          const socket = net.connect({ host: '127.0.0.1', port });
          socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
          socket.once('connect', () => socket.destroy());
        }),
      { timeout: 20_000 },
    )
    .toBe(true);
}

it('a start that hangs on its disk is ended by SIGTERM', { timeout: 60_000 }, async () => {
  const stateDir = mkdtempSync(path.join(tmpdir(), 'clic-start-stop-'));
  onTestFinished(() => rmSync(stateDir, { recursive: true }));
  // The database reads this file first, and nobody will ever write to it.
  mkdirSync(path.join(stateDir, 'store'));
  execFileSync('/usr/bin/mkfifo', [path.join(stateDir, 'store', 'CURRENT')]);
  const free = await startPeer(() => undefined);
  await free.close();

  const args = [MASTER, '--port', String(free.port), '--state-dir', stateDir];
  const child = spawn(NODE, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  const ended = once(child, 'exit');
  let stdout = '';
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  await listening(free.port);
  child.kill('SIGTERM');
  expect(await ended).toEqual([null, 'SIGTERM']);
  expect(stdout).toBe('');
});
