import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startPeer } from '../../helpers/peer.ts';
import { runMaster } from './support/run-master.ts';

describe('clic-master, on a port that it can not have', () => {
  it('leaves nothing behind', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'clic-port-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const peer = await startPeer(() => undefined);
    const stateDir = path.join(folder, 'state');
    const { exitCode, stderr } = await runMaster(['--port', String(peer.port), '--state-dir', stateDir]);
    await peer.close();
    expect(exitCode).toBe(2);
    expect(stderr).toContain('the port is in use');
    expect(stderr).toContain('--port 0');
    expect(readdirSync(folder)).toEqual([]);
  });
});
