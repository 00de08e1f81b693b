import { option, orNull } from './master-option.ts';
import { keyPrefix, redisSentinels, redisUrl } from './redis-types.ts';
import { boolean, path, user } from './value-types.ts';

/** Where a master keeps its state in Redis. */
export const REDIS_OPTIONS = {
  redisUrl: option('redis-url', orNull(redisUrl), null, 'where Redis is; rediss:// is with TLS'),
  redisUser: option('redis-user', orNull(user), null, 'who clic-master is to Redis'),
  redisPasswordFile: option('redis-password-file', orNull(path), null, 'file of the password for Redis'),
  redisTlsCa: option(
    'redis-tls-ca',
    orNull(path),
    null,
    'PEM file of the authority that has signed the certificate of Redis',
  ),
  redisTlsCert: option(
    'redis-tls-cert',
    orNull(path),
    null,
    'PEM file of the certificate that is shown to a Redis which demands one',
  ),
  redisTlsKey: option('redis-tls-key', orNull(path), null, 'PEM file of its private key'),
  redisSentinel: option(
    'redis-sentinel',
    orNull(redisSentinels),
    null,
    'who knows where Redis is: NAME@host:port,host:port',
  ),
  redisPrefix: option('redis-prefix', keyPrefix, 'clic:', 'what the keys in Redis begin with'),
  allowVolatileStore: option(
    'allow-volatile-store',
    boolean,
    false,
    'take a Redis that can lose what it has acknowledged',
  ),
};
