import { stat } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { version } from '../../../package.json';
import { ConfigError } from '../../model/errors.ts';
import type { Executor, MasterAddress } from './executor.ts';

/** What is said of how stages are run. */
export interface ExecutorOptions {
  readonly executor: 'process' | 'kubernetes';
  readonly stateDir: string;
  readonly passEnv: readonly string[];
  readonly stopGraceMs: number;
  readonly maxLogBytes: number;
  readonly maxTotalLogBytes: number;
  readonly kubernetes: {
    readonly kubeconfig: string | null;
    readonly podTemplate: string | null;
    readonly namespace: string | null;
    readonly instance: string;
    readonly startDeadlineMs: number;
    readonly advertise: string | null;
  };
}

export interface ExecutorOwner {
  /** Where the master listens. */
  readonly listening: MasterAddress;
  readonly env: NodeJS.ProcessEnv;
  /** Hears what an operator has to know: its message says what could not be done, its cause why. */
  readonly onWarning: (warning: Error) => void;
  readonly onNotice: (text: string) => void;
}

/** How much of the end of a log is kept of a pod, in bytes: what is in the cluster is not kept a second time. */
const LOG_TAIL_BYTES = 64 * 1024;
/** How long a folder may take to tell that it is there, in milliseconds. */
const SEEN_WITHIN_MS = 5000;
/** The service of clic-master in the cluster. */
const SERVICE = 'clic-master-svc';

/**
 * Opens what runs the stages.
 * @throws ConfigError an option, a file that it names, or the access to the cluster can't be used
 */
export async function openExecutor(options: ExecutorOptions, owner: ExecutorOwner): Promise<Executor> {
  // Loaded when asked for: the client of Kubernetes is large.
  switch (options.executor) {
    case 'process': {
      const { ProcessExecutor } = await import('./process.ts');
      const { stateDir, passEnv, stopGraceMs: graceMs, maxLogBytes, maxTotalLogBytes } = options;
      const { env: masterEnv, onWarning } = owner;
      return new ProcessExecutor({
        ...{ stateDir, masterEnv, passEnv, graceMs, maxLogBytes, maxTotalLogBytes, onWarning },
      });
    }
    case 'kubernetes':
      return openKubernetes(options, owner);
  }
}

async function openKubernetes(options: ExecutorOptions, owner: ExecutorOwner): Promise<Executor> {
  const { kubeconfig, podTemplate, namespace, instance, startDeadlineMs, advertise } = options.kubernetes;
  const { namespaceOfPod, openAccess } = await import('../kubernetes/access.ts');
  const { readPodTemplate, sharedFolders } = await import('./kubernetes/pod-template.ts');
  const { KubernetesExecutor } = await import('./kubernetes.ts');
  const access = await openAccess(kubeconfig, owner.env);
  const address = addressForPods(owner.listening, advertise, namespaceOfPod());
  const template = await readPodTemplate(podTemplate);
  const shared = await Promise.all(sharedFolders(template).map(seenFolder));
  const executor = new KubernetesExecutor({
    access,
    userAgent: `clic-master/${version}`,
    namespace: namespace ?? access.namespace,
    settings: { instance, template, graceMs: options.stopGraceMs },
    startDeadlineMs,
    stateDir: options.stateDir,
    maxLogBytes: Math.min(options.maxLogBytes, LOG_TAIL_BYTES),
    maxTotalLogBytes: options.maxTotalLogBytes,
    address,
    sharedFolders: shared.filter((folder) => folder !== null),
    onWarning: owner.onWarning,
    onNotice: owner.onNotice,
  });
  await executor.open();
  return executor;
}

/**
 * Where pods reach a master.
 * @param advertise HOST[:PORT], where that was said. @param namespace of the pod that the master runs in
 * @throws ConfigError nobody says where
 */
export function addressForPods(
  listening: MasterAddress,
  advertise: string | null,
  namespace: string | null,
): MasterAddress {
  if (advertise !== null) {
    const [, host = advertise, port] = /^(.+):(\d+)$/.exec(advertise.endsWith(']') ? '' : advertise) ?? [];
    return {
      host: host.replace(/^\[(.*)\]$/, '$1'),
      port: port === undefined ? listening.port : Number(port),
    };
  }
  if (namespace !== null) return { host: `${SERVICE}.${namespace}`, port: listening.port };
  if (['0.0.0.0', '::', '127.0.0.1', '::1', 'localhost'].includes(listening.host)) {
    throw new ConfigError(`pods can't reach ${listening.host}`, {
      hint: 'say with --advertise where they reach this master, and listen there with --host',
    });
  }
  return listening;
}

/** The folder, if it is there for the master, too; null where it is not, or does not tell in time, as a dead mount may. */
async function seenFolder(folder: string): Promise<string | null> {
  const look = stat(folder).then(
    (stats) => (stats.isDirectory() ? folder : null),
    () => null,
  );
  return Promise.race([look, sleep(SEEN_WITHIN_MS, null, { ref: false })]);
}
