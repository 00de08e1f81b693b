import type { MasterConfig } from '../config/load-master.ts';
import { ConfigError } from '../model/errors.ts';
import type { ConnectionLimits, MessageLimits } from '../rpc/limits.ts';
import { redisSettings } from './redis-options.ts';
import type { SubmissionLimits } from './service/submissions.ts';
import type { RedisSettings } from './store/redis/settings.ts';

/** What one client, or one plan, may cost a master. */
interface MasterLimits {
  readonly messages: MessageLimits;
  readonly connections: ConnectionLimits;
  /** Half-read requests of all connections together. */
  readonly maxBufferedBytes: number;
  readonly submissions: SubmissionLimits;
  readonly maxPlanBytes: number;
}

/** How stages are run as Jobs of Kubernetes. */
interface KubernetesOptions {
  /** Paths of files. */
  readonly kubeconfig: string | null;
  readonly podTemplate: string | null;
  readonly namespace: string | null;
  readonly instance: string;
  readonly startDeadlineMs: number;
  /** HOST[:PORT] */
  readonly advertise: string | null;
}

/** How a master is to run. */
export interface MasterOptions {
  readonly host: string;
  readonly port: number;
  readonly stateDir: string;
  readonly store: 'level' | 'memory' | 'redis';
  /** null where no Redis is named. */
  readonly redis: RedisSettings | null;
  readonly executor: 'process' | 'kubernetes';
  readonly kubernetes: KubernetesOptions;
  readonly maxRunning: number;
  readonly maxRetries: number;
  readonly retryDelayMs: number;
  readonly retentionMs: number;
  readonly stopGraceMs: number;
  readonly completionGraceMs: number;
  readonly passEnv: readonly string[];
  /** Paths of PEM files. */
  readonly tlsCert: string | null;
  readonly tlsKey: string | null;
  readonly tlsCa: string | null;
  readonly webhdfs: string | null;
  readonly hdfsUser: string | null;
  /** null: what goes with the store. */
  readonly leaderElection: 'none' | 'kubernetes' | 'redis' | null;
  readonly lease: string;
  readonly httpHost: string;
  /** null: health and metrics are not served. */
  readonly httpPort: number | null;
  readonly logLevel: 'debug' | 'info' | 'warn';
  readonly logFormat: 'text' | 'json';
  /** Of one attempt. */
  readonly maxLogBytes: number;
  readonly maxTotalLogBytes: number;
  readonly minFreeBytes: number;
  readonly limits: MasterLimits;
}

const DAY_MS = 24 * 60 * 60 * 1000;

/**
 * The options that were read, as the parts of a master take them.
 * @throws ConfigError they do not go together
 */
export function checkedOptions({ values, origins }: MasterConfig): MasterOptions {
  if (!isLoopback(values.host) && !values.allowRemote) {
    throw new ConfigError(
      `--host ${values.host} is not a loopback address: whoever reaches it can run programs here`,
      {
        hint: 'add --allow-remote if that is wanted, in a network that you trust, or with --tls-cert, --tls-key and --tls-ca',
      },
    );
  }
  if ((values.tlsCert === null) !== (values.tlsKey === null)) {
    throw new ConfigError('--tls-cert and --tls-key go together');
  }
  if (values.tlsCa !== null && values.tlsCert === null) {
    throw new ConfigError('--tls-ca, which asks clients for certificates, needs --tls-cert and --tls-key');
  }
  if (values.executor === 'kubernetes' && values.tlsCert !== null) {
    throw new ConfigError('--executor kubernetes and --tls-cert do not go together', {
      hint: "CLIC's executors report from their pods, and speak no TLS",
    });
  }
  return {
    host: values.host,
    port: values.port,
    stateDir: values.stateDir,
    store: values.store,
    redis: redisSettings({ values, origins }),
    executor: values.executor,
    kubernetes: {
      kubeconfig: values.kubeconfig,
      podTemplate: values.podTemplate,
      namespace: values.stageNamespace,
      instance: values.instance,
      startDeadlineMs: values.startDeadline,
      advertise: values.advertise,
    },
    maxRunning: values.maxRunning,
    maxRetries: values.maxRetries,
    retryDelayMs: values.retryDelay,
    retentionMs: values.retentionDays * DAY_MS,
    stopGraceMs: values.stopGrace,
    completionGraceMs: values.completionGrace,
    passEnv: values.passEnv,
    tlsCert: values.tlsCert,
    tlsKey: values.tlsKey,
    tlsCa: values.tlsCa,
    webhdfs: values.webhdfs,
    hdfsUser: values.hdfsUser,
    leaderElection: values.leaderElection,
    lease: values.lease,
    httpHost: values.httpHost,
    httpPort: values.httpPort,
    logLevel: values.logLevel,
    logFormat: values.logFormat,
    maxLogBytes: values.maxLogBytes,
    maxTotalLogBytes: values.maxTotalLogBytes,
    minFreeBytes: values.minFreeBytes,
    limits: {
      messages: {
        maxMessageBytes: values.maxRequestBytes,
        maxStringBytes: values.maxStringBytes,
        maxContainerSize: values.maxContainerSize,
        maxDepth: values.maxDepth,
      },
      connections: {
        maxConnections: values.maxConnections,
        requestTimeoutMs: values.requestTimeout,
        idleTimeoutMs: values.idleTimeout,
        writeTimeoutMs: values.writeTimeout,
      },
      maxBufferedBytes: values.maxBufferedBytes,
      submissions: { sessions: values.maxNotedSessions, tasks: values.maxNotedTasks },
      maxPlanBytes: values.maxPlanBytes,
    },
  };
}

/** True for an address that only this machine can reach. */
export function isLoopback(address: string): boolean {
  return address === 'localhost' || address === '::1' || /^127(?:\.\d{1,3}){3}$/.test(address);
}
