import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  hasOpenssl,
  makeAuthority,
  makeCertificate,
  type Certificate,
} from '../e2e/master/support/certificates.ts';
import { describeWith } from '../helpers/needs.ts';
import { runCli } from '../helpers/run-cli.ts';

describeWith(hasOpenssl() ? null : 'openssl', 'the files of TLS', () => {
  let folder: string;
  let authority: Certificate;
  let mine: Certificate;
  beforeAll(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'clic-pem-'));
    authority = makeAuthority(folder, 'authority');
    mine = makeCertificate(folder, 'mine', authority);
    makeCertificate(folder, 'other', authority);
    const ca = readFileSync(authority.cert, 'utf8');
    writeFileSync(path.join(folder, 'bundle.pem'), `some words\n${ca}\n${ca}`);
    writeFileSync(path.join(folder, 'broken.pem'), ca.replace(/\n[^\n]{8}/, '\n########'));
    writeFileSync(path.join(folder, 'half-broken.pem'), ca + ca.replace(/\n[^\n]{8}/, '\n########'));
    copyFileSync(mine.key, path.join(folder, 'no-certificate.pem'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const list = (...words: string[]) =>
    runCli(['list', '--tls', ...words], { client: { listTasks: () => Promise.resolve([]) }, cwd: folder });

  it('reach the client as they are', async () => {
    const words = ['--tls-ca', 'bundle.pem', '--tls-cert', 'mine.pem', '--tls-key', 'mine-key.pem'];
    const { clients } = await list(...words);
    const text = (file: string) => readFileSync(path.join(folder, file), 'utf8');
    expect(clients).toMatchObject([
      { tls: { ca: text('bundle.pem'), cert: text('mine.pem'), key: text('mine-key.pem') } },
    ]);
  });

  it.each([
    ['an authority that is none', '--tls-ca no-certificate.pem', ['no-certificate.pem']],
    ['an authority that is damaged', '--tls-ca broken.pem', ['broken.pem']],
    ['authorities one of which is damaged', '--tls-ca half-broken.pem', ['half-broken.pem']],
    [
      'the key of another certificate',
      '--tls-cert mine.pem --tls-key other-key.pem',
      ['mine.pem', 'other-key.pem'],
    ],
    ['a certificate for a key', '--tls-cert mine.pem --tls-key mine.pem', ['--tls-key', 'mine.pem']],
    ['a key for a certificate', '--tls-cert mine-key.pem --tls-key mine-key.pem', ['--tls-cert']],
  ])('end with 2 for %s, which is named', async (_, words, names) => {
    const { exit, stdout, stderr, clients } = await list(...words.split(' '));
    expect({ exit, stdout, clients }).toEqual({ exit: 2, stdout: '', clients: [] });
    for (const name of names) expect(stderr).toContain(name);
    expect(stderr).not.toContain('internal error');
  });
});
