import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import tls from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { clic } from '../../helpers/clic-process.ts';
import { startMasterProcess, type MasterProcess } from '../../helpers/master-process.ts';
import { describeWith } from '../../helpers/needs.ts';
import { hasOpenssl, makeAuthority, makeCertificate, type Certificate } from './support/certificates.ts';
import { runMaster } from './support/run-master.ts';

const QUICK = ['--read-retries', '0'];
/** The master has answered. */
const EMPTY = { exitCode: 0, stderr: 'no tasks\n' };

describeWith(hasOpenssl() ? null : 'openssl', 'clic and clic-master over TLS', () => {
  let folder: string;
  let authority: Certificate;
  let stranger: Certificate;
  let client: Certificate;
  let server: Certificate;
  beforeAll(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'clic-tls-'));
    authority = makeAuthority(folder, 'authority');
    stranger = makeAuthority(folder, 'stranger');
    server = makeCertificate(folder, 'server', authority);
    client = makeCertificate(folder, 'client', authority);
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const list = (master: MasterProcess, ...args: string[]) =>
    clic(['-list_task', ...QUICK, ...args], { port: master.port });
  const trusting = (ca: Certificate) => ['--tls', '--tls-ca', ca.cert];
  const showing = ({ cert, key }: Certificate) => ['--tls-cert', cert, '--tls-key', key];

  describe('with a certificate of the master', () => {
    let master: MasterProcess;
    beforeAll(async () => {
      master = await startMasterProcess({ args: showing(server) });
    });
    afterAll(() => master.close());

    it('agree on TLS 1.3', async () => {
      const ca = readFileSync(authority.cert);
      const socket = tls.connect({ host: '127.0.0.1', port: master.port, ca });
      await new Promise<void>((resolve, reject) => {
        socket.once('secureConnect', resolve).once('error', reject);
      });
      expect(socket.getProtocol()).toBe('TLSv1.3');
      socket.destroy();
    });

    it('serve a client that knows its authority', async () => {
      const { exitCode, stderr } = await list(master, ...trusting(authority));
      expect({ exitCode, stderr }).toEqual(EMPTY);
    });

    it.each([
      ['that knows another authority', () => trusting(stranger)],
      ['that knows no authority', () => ['--tls']],
      ['that expects another name', () => [...trusting(authority), '--tls-server-name', 'elsewhere']],
      ['that speaks no TLS', () => []],
    ])('fail with 6 for a client %s', async (_, args) => {
      const { exitCode, stdout, stderr } = await list(master, ...args());
      expect({ exitCode, stdout }).toEqual({ exitCode: 6, stdout: '' });
      expect(stderr).toMatch(/^clic: .*127\.0\.0\.1:\d+/);
    });
  });

  describe('with certificates of the clients', () => {
    let master: MasterProcess;
    beforeAll(async () => {
      master = await startMasterProcess({ args: [...showing(server), '--tls-ca', authority.cert] });
    });
    afterAll(() => master.close());

    it('serve a client that shows one', async () => {
      const { exitCode, stderr } = await list(master, ...trusting(authority), ...showing(client));
      expect({ exitCode, stderr }).toEqual(EMPTY);
    });

    it.each([
      ['none', () => []],
      ['one of another authority', () => showing(stranger)],
    ])('refuse a client that shows %s, with 6, and go on serving', async (_, args) => {
      const { exitCode, stdout } = await list(master, ...trusting(authority), ...args());
      expect({ exitCode, stdout }).toEqual({ exitCode: 6, stdout: '' });
      expect((await list(master, ...trusting(authority), ...showing(client))).exitCode).toBe(0);
    });
  });

  it.each([
    ['a certificate without its key', () => ['--tls-cert', server.cert]],
    ['an authority of clients without a certificate', () => ['--tls-ca', authority.cert]],
    ['files that are not there', () => ['--tls-cert', '/no/such/cert.pem', '--tls-key', '/no/such/key.pem']],
    ['a file that is no certificate', () => ['--tls-cert', server.key, '--tls-key', server.key]],
    ['a file that is no key', () => ['--tls-cert', server.cert, '--tls-key', server.cert]],
    ['the key of another certificate', () => ['--tls-cert', server.cert, '--tls-key', client.key]],
    ['an authority that is none', () => [...showing(server), '--tls-ca', server.key]],
  ])('do not start with %s', async (_, args) => {
    const stateDir = path.join(folder, 'state');
    const { exitCode, stdout, stderr } = await runMaster(['--port', '0', '--state-dir', stateDir, ...args()]);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toMatch(/^clic-master: --tls-/);
  });
});
