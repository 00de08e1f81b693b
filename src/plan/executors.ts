import type { MappingKind } from './keys.ts';

/** What runs the stages of a plan. */
export const EXECUTORS = ['process', 'kubernetes', 'java-master'] as const;
export type ExecutorName = (typeof EXECUTORS)[number];

/** What one executor can't do with keys that a plan may have. */
interface Limitations {
  /** It does without: a warning, saying what that means. */
  readonly ignored?: Readonly<Record<string, string>>;
  /** It would run something else than the plan says: an error, with a way out. */
  readonly unsupported?: Readonly<Record<string, string>>;
}

const ONE_MACHINE = 'stages run on the machine of clic-master';
const OWN_USER = 'stages run as the user of clic-master, with its rights';
const NO_PRIORITY = 'stages start in the order in which they get ready';
const NO_PROBES = 'a stage is watched until it ends, and by nothing else';

const NO_POD = {
  affinity: ONE_MACHINE,
  hostAliases: ONE_MACHINE,
  nodeSelector: ONE_MACHINE,
  podSpecPatch: 'a stage is no pod',
  priority: NO_PRIORITY,
  priorityClassName: NO_PRIORITY,
  schedulerName: ONE_MACHINE,
  securityContext: OWN_USER,
  tolerations: ONE_MACHINE,
};
const NO_CONTAINERS = {
  initContainers: 'run what they do as a part of the command',
  sidecars: 'start what they run from the command, or beside clic-master',
};
const NO_RETRIES = {
  activeDeadlineSeconds: 'the Java master lets a stage run as long as it needs',
  retryStrategy: 'the Java master starts no stage again',
};
const OWN_POD =
  'the Java master makes a pod of the image and the first argument, with the claim pvc-nfs at /data';
/** Keys of `spec` and templates that the Java master does not look at, and that a stage would notice. */
const NOT_OF_JAVA = `affinity automountServiceAccountToken dnsConfig dnsPolicy hostAliases hostNetwork imagePullSecrets
  nodeSelector podPriority podPriorityClassName podSpecPatch priority priorityClassName schedulerName securityContext
  tolerations`;
const NOT_OF_JAVA_CONTAINER = `env envFrom lifecycle livenessProbe readinessProbe resources securityContext startupProbe
  volumeDevices workingDir`;

/**
 * The table of what executors can't do, beyond what none of them can (see keys.ts). What is missing here is carried
 * out, or makes no difference to what runs: an image is fetched nowhere for a process, and its volumes are folders of
 * the machine.
 */
export const LIMITATIONS: Readonly<Record<ExecutorName, Partial<Record<MappingKind, Limitations>>>> = {
  process: {
    spec: {
      ignored: {
        ...NO_POD,
        dnsConfig: ONE_MACHINE,
        dnsPolicy: ONE_MACHINE,
        podPriority: NO_PRIORITY,
        podPriorityClassName: NO_PRIORITY,
      },
    },
    template: { ignored: NO_POD, unsupported: NO_CONTAINERS },
    container: {
      ignored: {
        livenessProbe: NO_PROBES,
        readinessProbe: NO_PROBES,
        resources: 'a stage gets what the machine has: nothing is reserved or limited',
        securityContext: OWN_USER,
        startupProbe: NO_PROBES,
        volumeDevices: ONE_MACHINE,
      },
      unsupported: {
        envFrom: 'start clic-master with --pass-env NAME for each variable, and remove it',
        lifecycle: 'run what it does as a part of the command',
        workingDir: 'change the directory in the command itself',
      },
    },
  },
  kubernetes: {},
  'java-master': {
    spec: { ignored: { ...NO_RETRIES, ...all(NOT_OF_JAVA) } },
    template: { ignored: { ...NO_RETRIES, ...all(`${NOT_OF_JAVA} initContainers sidecars`) } },
    container: { ignored: all(NOT_OF_JAVA_CONTAINER) },
    task: { ignored: NO_RETRIES },
  },
};

function all(keys: string): Record<string, string> {
  return Object.fromEntries(keys.split(/\s+/).map((key) => [key, OWN_POD]));
}
