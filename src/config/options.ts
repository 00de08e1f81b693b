import { namesOf, type OptionSpec, type ValuesOf } from './option.ts';
import {
  boolean,
  bytes,
  duration,
  host,
  hostName,
  integer,
  oneOf,
  path,
  port,
  user,
  webAddress,
  type ValueType,
} from './value-types.ts';

/** Every way of printing data. */
export const FORMATS = ['table', 'json', 'jsonl', 'yaml', 'csv', 'name'] as const;
export type Format = (typeof FORMATS)[number];

export type ColorMode = 'auto' | 'always' | 'never';

const option = <T>(spec: OptionSpec<T>): OptionSpec<T> => spec;
const orNull = <T>(type: ValueType<T>): ValueType<T | null> => type;

/** The options of clic. */
export const OPTIONS = {
  masterHost: option({
    type: host,
    default: '127.0.0.1',
    env: 'CLIC_MASTER_HOST',
    keys: ['ip', 'host'],
    flag: 'master-host',
    common: true,
    isTrusted: true,
    help: 'host of the clic-master',
  }),
  masterPort: option({
    type: port,
    default: 7777,
    env: 'CLIC_MASTER_PORT',
    keys: ['port'],
    flag: 'master-port',
    common: true,
    isTrusted: true,
    help: 'port of the clic-master',
  }),
  connectTimeout: option({
    type: duration,
    default: 5_000,
    env: 'CLIC_CONNECT_TIMEOUT',
    keys: ['connectTimeout'],
    flag: 'connect-timeout',
    help: 'how long connecting may take',
  }),
  callTimeout: option({
    type: duration,
    default: 30_000,
    env: 'CLIC_CALL_TIMEOUT',
    keys: ['callTimeout'],
    flag: 'call-timeout',
    help: 'how long a whole call may take, with its retries',
  }),
  readRetries: option({
    type: integer(0, 100),
    default: 4,
    env: 'CLIC_READ_RETRIES',
    keys: ['readRetries'],
    flag: 'read-retries',
    help: 'how often a read is tried again',
  }),
  maxReplyBytes: option({
    type: bytes,
    default: 256 * 1024 * 1024,
    env: 'CLIC_MAX_REPLY_BYTES',
    keys: ['maxReplyBytes'],
    flag: 'max-reply-bytes',
    help: 'the largest reply that is read',
  }),
  maxStringBytes: option({
    type: bytes,
    default: 16 * 1024 * 1024,
    env: 'CLIC_MAX_STRING_BYTES',
    keys: ['maxStringBytes'],
    flag: 'max-string-bytes',
    help: 'the largest text in a reply',
  }),
  maxContainerSize: option({
    type: integer(1, 2 ** 31 - 1),
    default: 5_000_000,
    env: 'CLIC_MAX_CONTAINER_SIZE',
    keys: ['maxContainerSize'],
    flag: 'max-container-size',
    help: 'the most entries of a list or map in a reply',
  }),
  maxDepth: option({
    type: integer(1, 1_000),
    default: 32,
    env: 'CLIC_MAX_DEPTH',
    keys: ['maxDepth'],
    flag: 'max-depth',
    help: 'how deep a reply may be nested',
  }),
  tls: option({
    type: boolean,
    default: false,
    env: 'CLIC_TLS',
    keys: ['tls'],
    flag: 'tls',
    isTrusted: true,
    help: 'speak TLS with the master',
  }),
  tlsCa: option({
    type: orNull(path),
    default: null,
    env: 'CLIC_TLS_CA',
    keys: ['tlsCa'],
    flag: 'tls-ca',
    isTrusted: true,
    help: 'PEM file of the authorities that sign the master',
  }),
  tlsCert: option({
    type: orNull(path),
    default: null,
    env: 'CLIC_TLS_CERT',
    keys: ['tlsCert'],
    flag: 'tls-cert',
    isTrusted: true,
    help: 'PEM file of the client certificate',
  }),
  tlsKey: option({
    type: orNull(path),
    default: null,
    env: 'CLIC_TLS_KEY',
    keys: ['tlsKey'],
    flag: 'tls-key',
    isTrusted: true,
    help: 'PEM file of the key of the client certificate',
  }),
  tlsServerName: option({
    type: orNull(hostName),
    default: null,
    env: 'CLIC_TLS_SERVER_NAME',
    keys: ['tlsServerName'],
    flag: 'tls-server-name',
    isTrusted: true,
    help: 'the name in the certificate, where it is not the host',
  }),
  webhdfs: option({
    type: orNull(webAddress),
    default: null,
    env: 'CLIC_WEBHDFS',
    keys: ['webhdfs'],
    flag: 'webhdfs',
    isTrusted: true,
    help: 'HttpFS or WebHDFS, for results on hdfs://',
  }),
  hdfsUser: option({
    type: orNull(user),
    default: null,
    env: 'CLIC_HDFS_USER',
    keys: ['hdfsUser'],
    flag: 'hdfs-user',
    isTrusted: true,
    help: 'who reads results on hdfs://',
  }),
  output: option<Format>({
    type: oneOf(...FORMATS),
    default: 'table',
    env: 'CLIC_OUTPUT',
    keys: ['output'],
    flag: 'output',
    common: true,
    help: 'how data is printed',
  }),
  color: option<ColorMode>({
    type: oneOf('auto', 'always', 'never'),
    default: 'auto',
    env: 'CLIC_COLOR',
    keys: ['color'],
    flag: 'color',
    common: true,
    help: 'color on terminals; NO_COLOR turns it off too',
  }),
};

export type OptionName = keyof typeof OPTIONS;

/** The names of all options, in the order of the table. */
export const OPTION_NAMES = namesOf(OPTIONS);

/** The values of all options of clic. */
export type Config = ValuesOf<typeof OPTIONS>;
