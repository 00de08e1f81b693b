import type { MasterConfig } from '../config/load-master.ts';
import { ConfigError } from '../model/errors.ts';
import type { RedisSettings } from './store/redis/settings.ts';

const DAY_MS = 24 * 60 * 60 * 1000;

/**
 * Where the state is that is kept in Redis; null where none is named.
 * @throws ConfigError the options do not go together, or show a password to all users of this machine
 */
export function redisSettings({
  values,
  origins,
}: Pick<MasterConfig, 'values' | 'origins'>): RedisSettings | null {
  const { redisUrl: url } = values;
  if (url === null) {
    if (values.store !== 'redis') return null;
    throw new ConfigError('--store redis needs --redis-url', {
      hint: 'name it, such as --redis-url redis://127.0.0.1:6379; its password goes into --redis-password-file',
    });
  }
  const { password, protocol } = new URL(url);
  if (origins.redisUrl.kind === 'flag' && password !== '')
    throw new ConfigError('--redis-url has a password in it, which other users of this machine can see', {
      hint: 'put it into a file for --redis-password-file, or the whole URL into the variable CLIC_MASTER_REDIS_URL',
    });
  const { redisTlsCa: ca, redisTlsCert: cert, redisTlsKey: key } = values;
  if ((ca ?? cert ?? key) !== null && protocol !== 'rediss:')
    throw new ConfigError('--redis-tls-… need a --redis-url that begins with rediss://');
  if ((cert === null) !== (key === null))
    throw new ConfigError('--redis-tls-cert and --redis-tls-key go together');
  return {
    url,
    user: values.redisUser,
    passwordFile: values.redisPasswordFile,
    tls: { ca, cert, key },
    sentinels: values.redisSentinel,
    prefix: values.redisPrefix,
    allowVolatile: values.allowVolatileStore,
    retentionMs: values.retentionDays * DAY_MS,
  };
}
