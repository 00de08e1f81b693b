import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { ConfigError } from '../../../../src/model/errors.ts';
import { RedisStore } from '../../../../src/master/store/redis/redis.ts';
import type { RedisTls } from '../../../../src/master/store/redis/settings.ts';
import { submission } from '../../../contract/support/records.ts';
import {
  hasOpenssl,
  makeAuthority,
  makeCertificate,
  type Certificate,
} from '../../../e2e/master/support/certificates.ts';
import { describeWith } from '../../../helpers/needs.ts';
import { DURABLE, freePort, noRedis, redisSettings, RedisServer } from '../../../helpers/redis-server.ts';

const missing = noRedis ?? (hasOpenssl() ? null : 'openssl');

describeWith(missing, 'a Redis that speaks TLS', () => {
  const folder = mkdtempSync(join(tmpdir(), 'clic-redis-tls-'));
  let authority: Certificate;
  let stranger: Certificate;
  let client: Certificate;
  const lenient = new RedisServer();
  const strict = new RedisServer();
  const ports = new Map<RedisServer, number>();
  beforeAll(async () => {
    authority = makeAuthority(folder, 'authority');
    stranger = makeAuthority(folder, 'stranger');
    client = makeCertificate(folder, 'client', authority);
    const { cert, key } = makeCertificate(folder, 'server', authority);
    for (const [server, demands] of [
      [lenient, 'no'],
      [strict, 'yes'],
    ] as const) {
      const port = await freePort();
      ports.set(server, port);
      const files = ['--tls-cert-file', cert, '--tls-key-file', key, '--tls-ca-cert-file', authority.cert];
      await server.start([...DURABLE, '--tls-port', String(port), ...files, '--tls-auth-clients', demands]);
    }
  });
  afterAll(async () => {
    await lenient.remove();
    await strict.remove();
    rmSync(folder, { recursive: true, force: true });
  });

  const opening = (server: RedisServer, tls: Partial<RedisTls>, host = '127.0.0.1'): Promise<RedisStore> =>
    RedisStore.open(
      redisSettings(`rediss://${host}:${ports.get(server)}`, {
        tls: { ca: null, cert: null, key: null, ...tls },
      }),
    );

  async function stores(opened: Promise<RedisStore>): Promise<void> {
    const store = await opened;
    onTestFinished(() => store.close());
    await store.write(submission('wc-abcdefgh', 1));
    expect((await store.load()).tasks).toHaveLength(1);
  }

  test('stores for who knows its authority', () => stores(opening(lenient, { ca: authority.cert })));

  test('that demands a certificate stores for who shows one', () =>
    stores(opening(strict, { ca: authority.cert, ...client })));

  test.each([
    ['another authority', lenient, () => ({ ca: stranger.cert }), '127.0.0.1', '--redis-tls-ca'],
    ['no authority', lenient, () => ({}), '127.0.0.1', '--redis-tls-ca'],
    ['another name', lenient, () => ({ ca: authority.cert }), 'localhost', '--redis-url'],
    ['no certificate of the client', strict, () => ({ ca: authority.cert }), '127.0.0.1', '--redis-tls-cert'],
  ] as const)('is refused at once with what to do: %s', async (_, server, tls, host, hint) => {
    const refused = opening(server, tls(), host);
    await expect(refused).rejects.toBeInstanceOf(ConfigError);
    await expect(refused).rejects.toMatchObject({
      message: expect.stringMatching(/^rediss:\/\/\S+ and clic-master don't agree on TLS: ./) as string,
      hint: expect.stringContaining(hint) as string,
    });
  });

  test('needs files that are what they are given for', async () => {
    const file = join(folder, 'none.pem');
    writeFileSync(file, 'none');
    await expect(opening(lenient, { ca: file })).rejects.toThrow(`--redis-tls-ca ${file} is no certificate`);
    await expect(opening(lenient, { ca: join(folder, 'nowhere') })).rejects.toThrow(/nowhere can't be read/);
  });
});
