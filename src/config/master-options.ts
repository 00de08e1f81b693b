import { isAbsolute, join } from 'node:path';
import { limit, option, orNull } from './master-option.ts';
import { REDIS_OPTIONS } from './redis-options.ts';
import {
  boolean,
  bytes,
  delay,
  diskBytes,
  duration,
  host,
  hostAndPort,
  integer,
  label,
  oneOf,
  path,
  portOrOff,
  user,
  variableNames,
  webAddress,
} from './value-types.ts';

/** What some defaults depend on. */
export interface Machine {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly home: string;
  readonly processors: number;
}

const MIB = 1024 * 1024;
const GIB = 1024 * MIB;

/** The options of clic-master on a machine. */
export function masterOptions(machine: Machine) {
  return {
    // `CLIC_MASTER_HOST` and `CLIC_MASTER_PORT` say to clic where the master is.
    host: option('host', host, '127.0.0.1', 'address to listen on', { env: 'CLIC_MASTER_LISTEN_HOST' }),
    port: option('port', integer(0, 65_535), 7777, 'port to listen on; 0 picks a free one', {
      env: 'CLIC_MASTER_LISTEN_PORT',
    }),
    allowRemote: option('allow-remote', boolean, false, 'let --host be an address that other machines reach'),
    stateDir: option(
      'state-dir',
      path,
      defaultStateDir(machine),
      'folder of the state, working directories and logs',
    ),
    store: option(
      'store',
      oneOf('level', 'memory', 'redis'),
      'level',
      'where tasks are kept: on disk, in memory until it ends, or in Redis',
    ),
    ...REDIS_OPTIONS,
    executor: option(
      'executor',
      oneOf('process', 'kubernetes'),
      'process',
      'how stages are run: as processes of this machine, or as Jobs of Kubernetes',
    ),
    maxRunning: option('max-running', integer(1, 10_000), machine.processors, 'stages that run at once'),
    kubeconfig: option(
      'kubeconfig',
      orNull(path),
      null,
      "access to Kubernetes; without it that of the pod, or else kubectl's",
    ),
    stageNamespace: option('stage-namespace', orNull(label), null, 'namespace of the Jobs of stages'),
    podTemplate: option(
      'pod-template',
      orNull(path),
      null,
      'file of what pods of stages have, and what plans may add',
    ),
    instance: option(
      'instance',
      label,
      'clic-master',
      'label of the Jobs: each master of a namespace needs its own',
    ),
    startDeadline: option(
      'start-deadline',
      duration,
      600_000,
      'time until the program of a pod has to run, or its stage fails',
    ),
    advertise: option(
      'advertise',
      orNull(hostAndPort),
      null,
      'where pods reach this master: HOST[:PORT]; in the cluster that is its service',
    ),
    maxRetries: option('max-retries', integer(0, 1_000), 3, 'times that a failed stage is run again'),
    retryDelay: option('retry-delay', delay, 1_000, 'time before the first retry; doubles with each'),
    retentionDays: option('retention-days', integer(1, 36_500), 30, 'days that finished tasks are kept'),
    stopGrace: option('stop-grace', delay, 5_000, 'time that a stage that is stopped may take'),
    completionGrace: option(
      'completion-grace',
      delay,
      30_000,
      'time that a stage may still take after it has reported its completion',
    ),
    passEnv: option(
      'pass-env',
      variableNames,
      [],
      'variables that stages get from this environment; may be repeated',
    ),
    tlsCert: option('tls-cert', orNull(path), null, 'PEM file of the certificate: listen with TLS'),
    tlsKey: option('tls-key', orNull(path), null, 'PEM file of its key'),
    tlsCa: option(
      'tls-ca',
      orNull(path),
      null,
      'PEM file of the authority that clients must have a certificate of',
    ),
    webhdfs: option(
      'webhdfs',
      orNull(webAddress),
      null,
      'HttpFS or WebHDFS, where results on hdfs:// are looked for',
    ),
    hdfsUser: option('hdfs-user', orNull(user), null, 'who looks for results on hdfs://'),
    leaderElection: option(
      'leader-election',
      orNull(oneOf('none', 'kubernetes', 'redis')),
      null,
      'by what it is decided which of several processes is the master',
    ),
    lease: option('lease', label, 'clic-master', 'name of the lease that the master holds'),
    httpHost: option(
      'http-host',
      host,
      isInCluster(machine) ? '0.0.0.0' : '127.0.0.1',
      'address of health and metrics, which change nothing',
    ),
    httpPort: option(
      'http-port',
      portOrOff,
      isInCluster(machine) ? 9777 : null,
      'port of /livez, /readyz and /metrics; 0 picks a free one',
    ),
    logLevel: option('log-level', oneOf('debug', 'info', 'warn'), 'info', 'what is logged on stderr'),
    logFormat: option(
      'log-format',
      oneOf('text', 'json'),
      'text',
      'lines for people, or a JSON object on each line',
    ),
    maxLogBytes: limit(
      'max-log-bytes',
      diskBytes,
      64 * MIB,
      'largest log of one attempt; its head and tail are kept',
    ),
    maxTotalLogBytes: limit(
      'max-total-log-bytes',
      diskBytes,
      4 * GIB,
      'logs of ended attempts from 16 KiB on, together; the oldest go first',
    ),
    minFreeBytes: limit(
      'min-free-bytes',
      diskBytes,
      256 * MIB,
      'space that stays free for the state; with less, no plan is taken',
    ),
    maxPlanBytes: limit('max-plan-bytes', bytes, 4 * MIB, 'largest plan that is taken'),
    maxConnections: limit(
      'max-connections',
      integer(1, 65_536),
      1024,
      'connections at once; one more ends the one that was idle longest',
    ),
    requestTimeout: limit(
      'request-timeout',
      duration,
      30_000,
      'from the first byte of a request to its last',
    ),
    idleTimeout: limit('idle-timeout', duration, 600_000, 'between the requests of a connection'),
    writeTimeout: limit('write-timeout', duration, 60_000, 'for a client to take an answer'),
    maxRequestBytes: limit('max-request-bytes', bytes, 4 * MIB, 'largest request that is read'),
    maxBufferedBytes: limit(
      'max-buffered-bytes',
      diskBytes,
      256 * MIB,
      'half-read requests of all connections together',
    ),
    maxStringBytes: limit('max-string-bytes', bytes, MIB, 'largest text in a request'),
    maxContainerSize: limit(
      'max-container-size',
      integer(1, 2 ** 31 - 1),
      100_000,
      'entries of a list or map in a request',
    ),
    maxDepth: limit('max-depth', integer(1, 1_000), 16, 'how deep a request may be nested'),
    maxNotedTasks: limit(
      'max-noted-tasks',
      integer(1, 10_000_000),
      10_000,
      'tasks of a connection that are remembered as submitted over it',
    ),
    maxNotedSessions: limit(
      'max-noted-sessions',
      integer(1, 10_000_000),
      10_000,
      'connections of which that is remembered',
    ),
  };
}

/** True in a pod: Kubernetes tells each where its API is. */
function isInCluster({ env }: Machine): boolean {
  return (env['KUBERNETES_SERVICE_HOST'] ?? '') !== '';
}

/** XDG Base Directory Specification: state that should survive restarts. */
function defaultStateDir({ env, home }: Machine): string {
  const base = env['XDG_STATE_HOME'];
  return join(base !== undefined && isAbsolute(base) ? base : join(home, '.local', 'state'), 'clic-master');
}

export type MasterOptionTable = ReturnType<typeof masterOptions>;

/** Every variable that means something to clic-master. */
export function masterVariables(): string[] {
  const table = masterOptions({ env: {}, home: '/', processors: 1 });
  return [...Object.values(table).map(({ env }) => env), 'CLIC_MASTER_CONF'];
}
