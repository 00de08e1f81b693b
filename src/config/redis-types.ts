import { host, port, type ValueType } from './value-types.ts';

/** Where a Redis is; may hold user and password. */
export const redisUrl: ValueType<string> = {
  name: 'Redis URL',
  expects: 'redis://host:port or rediss://host:port (TLS), optionally with /n, the number of a database',
  isSecret: true,
  parse(text) {
    if (!URL.canParse(text)) return undefined;
    const url = new URL(text);
    const isRedis = url.protocol === 'redis:' || url.protocol === 'rediss:';
    if (!isRedis || url.hostname === '' || url.search !== '' || url.hash !== '') return undefined;
    return /^(?:\/\d{0,5})?$/.test(url.pathname) ? text : undefined;
  },
  show: (text) => {
    const url = new URL(text);
    if (url.password !== '') url.password = '…';
    return decodeURI(url.href);
  },
};

interface Sentinels {
  readonly primary: string;
  readonly addresses: readonly { readonly host: string; readonly port: number }[];
}

const SENTINEL_PORT = 26_379;

/** Sentinels, and the name by which they know a primary. */
export const redisSentinels: ValueType<Sentinels> = {
  name: 'sentinels',
  expects: 'NAME@host:port,host:port…: how sentinels call the primary, and where they are',
  parse(text) {
    const [primary = '', list, ...more] = text.split('@');
    if (!/^[\w.-]{1,100}$/.test(primary) || list === undefined || more.length > 0) return undefined;
    const addresses = list.split(',').map((word) => {
      const [, name = '', number] = /^(\[[^\]]+\]|[^:[\]]+)(?::(\d+))?$/.exec(word.trim()) ?? [];
      return { host: host.parse(name), port: number === undefined ? SENTINEL_PORT : port.parse(number) };
    });
    const valid = addresses.flatMap((one) =>
      one.host === undefined || one.port === undefined ? [] : [{ host: one.host, port: one.port }],
    );
    return valid.length === addresses.length ? { primary, addresses: valid } : undefined;
  },
  show: ({ primary, addresses }) =>
    `${primary}@${addresses.map((one) => `${one.host.includes(':') ? `[${one.host}]` : one.host}:${one.port}`).join(',')}`,
};

/** What the keys of an environment begin with. */
export const keyPrefix: ValueType<string> = {
  name: 'text',
  expects: 'up to 100 letters, digits and ":", ".", "_", "-", "/"',
  parse: (text) => (/^[\w:./-]{1,100}$/.test(text) ? text : undefined),
};
