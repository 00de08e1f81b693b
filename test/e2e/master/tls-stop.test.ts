import { mkdtempSync, rmSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { startMasterProcess } from '../../helpers/master-process.ts';
import { describeWith } from '../../helpers/needs.ts';
import { hasOpenssl, makeAuthority, makeCertificate } from './support/certificates.ts';

/** The handshake might last for 30 s; connections get 5 s to end. */
const STOPS_WITHIN_MS = 15_000;

describeWith(hasOpenssl() ? null : 'openssl', 'clic-master, told to stop', () => {
  it('does not wait for a client that never ends its TLS handshake', { timeout: 40_000 }, async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'clic-tls-stop-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const { cert, key } = makeCertificate(folder, 'server', makeAuthority(folder, 'authority'));
    const args = ['--tls-cert', cert, '--tls-key', key];
    const master = await startMasterProcess({ stateDir: path.join(folder, 'state'), args });

    const socket = net.connect({ host: '127.0.0.1', port: master.port });
    onTestFinished(() => void socket.destroy());
    socket.on('error', () => undefined);
    // The first bytes of a hello: the rest never comes.
    await new Promise((sent) => socket.write(Buffer.from('16030100c8010000c40303', 'hex'), sent));
    const begun = performance.now();
    expect(await master.stop()).toBe(0);
    expect(performance.now() - begun).toBeLessThan(STOPS_WITHIN_MS);
  });
});
