import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import tls from 'node:tls';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { clic } from '../helpers/clic-process.ts';
import { describeWith } from '../helpers/needs.ts';
import {
  hasOpenssl,
  makeAuthority,
  makeCertificate,
  type Certificate,
} from './master/support/certificates.ts';

/** A TLS server that answers nothing, and counts who comes. */
async function startTls(options: tls.TlsOptions): Promise<{ port: number; readonly connections: number }> {
  let connections = 0;
  const server = tls.createServer(options, (socket) => {
    socket.on('error', () => undefined).resume();
  });
  server.on('connection', () => (connections += 1));
  server.on('tlsClientError', (_, socket) => socket.destroy());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {
    port: address.port,
    get connections() {
      return connections;
    },
  };
}

describeWith(hasOpenssl() ? null : 'openssl', 'clic, when TLS can not be agreed on', () => {
  let folder: string;
  let authority: Certificate;
  let stranger: Certificate;
  let server: Certificate;
  let expired: Certificate;
  beforeAll(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'clic-tls-errors-'));
    authority = makeAuthority(folder, 'authority');
    stranger = makeAuthority(folder, 'stranger');
    server = makeCertificate(folder, 'server', authority);
    expired = makeExpired(folder, server, authority);
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const pem = ({ cert, key }: Certificate) => ({ cert: readFileSync(cert), key: readFileSync(key) });
  const demanding = () => ({ ...pem(server), ca: readFileSync(authority.cert), requestCert: true });
  const trusting = () => ['--tls', '--tls-ca', authority.cert];

  it.each<[string, () => tls.TlsOptions, () => string[], string[]]>([
    ['the authority is unknown', () => pem(server), () => ['--tls'], ['--tls-ca']],
    [
      'the name is another',
      () => pem(server),
      () => [...trusting(), '--tls-server-name', 'elsewhere'],
      ['elsewhere', '--tls-server-name'],
    ],
    ['the certificate has expired', () => pem(expired), trusting, ['expired', 'renewed']],
    [
      'a client certificate is demanded, over TLS 1.3',
      () => ({ ...demanding(), minVersion: 'TLSv1.3' }),
      trusting,
      ['demands a client certificate', '--tls-cert', '--tls-key'],
    ],
    [
      'a client certificate is demanded, over TLS 1.2',
      () => ({ ...demanding(), maxVersion: 'TLSv1.2' }),
      trusting,
      ['--tls-cert', '--tls-key'],
    ],
    [
      'there is no version of TLS that both know',
      () => ({ ...pem(server), minVersion: 'TLSv1.1', maxVersion: 'TLSv1.1', ciphers: 'ALL:@SECLEVEL=0' }),
      trusting,
      [],
    ],
  ])('says so when %s, and does not try again', async (_, options, words, texts) => {
    for (const verb of [['list'], ['suspend', 'a-stage']]) {
      const peer = await startTls(options());
      const { exitCode, stdout, stderr } = await clic([...verb, ...words(), '--read-retries', '3'], {
        port: peer.port,
      });
      // No request got to a master, so its outcome is known.
      expect({ exitCode, stdout }, stderr).toEqual({ exitCode: 6, stdout: '' });
      for (const text of texts) expect(stderr).toContain(text);
      expect(peer.connections).toBe(1);
    }
  });

  it('points at the client certificate when the server leaves after it has seen it', async () => {
    const peer = await startTls(demanding());
    const shown = ['--tls-cert', stranger.cert, '--tls-key', stranger.key];
    const { exitCode, stderr } = await clic(['list', ...trusting(), ...shown, '--read-retries', '0'], {
      port: peer.port,
    });
    expect(exitCode).toBe(6);
    expect(stderr).toMatch(/hint: .*--tls-cert and --tls-key/);
  });
});

/** The certificate again, for days that are over. */
function makeExpired(folder: string, { key }: Certificate, authority: Certificate): Certificate {
  const cert = path.join(folder, 'expired.pem');
  const database = path.join(folder, 'index');
  const config = path.join(folder, 'ca.conf');
  const section = {
    database,
    new_certs_dir: folder,
    default_md: 'sha256',
    policy: 'any',
    rand_serial: 'yes',
  };
  const lines = Object.entries(section).map(([name, value]) => `${name} = ${value}`);
  writeFileSync(database, '');
  writeFileSync(
    config,
    ['[ca]', 'default_ca = it', '[it]', ...lines, '[any]', 'CN = supplied', ''].join('\n'),
  );
  const signer = ['-cert', authority.cert, '-keyfile', authority.key];
  const days = ['-startdate', '20200101000000Z', '-enddate', '20200102000000Z'];
  const request = ['-in', path.join(folder, 'server.csr'), '-extfile', path.join(folder, 'server.ext')];
  const arguments_ = [
    'ca',
    '-batch',
    '-notext',
    '-config',
    config,
    ...signer,
    ...days,
    ...request,
    '-out',
    cert,
  ];
  execFileSync('openssl', arguments_, { stdio: 'pipe' });
  return { cert, key };
}
