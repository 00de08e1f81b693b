/** The keys of one kind of mapping, and what no executor can do with them. Any other key is unknown. */
export interface KeyUse {
  /** Read by clic, or left to the executor: see executors.ts. */
  readonly accepted: string;
  /** clic does without: a warning, saying what that means. */
  readonly ignored?: Readonly<Record<string, string>>;
  /** Leaving them out would run something else than the plan says: an error, with a way out. */
  readonly unsupported?: Readonly<Record<string, string>>;
}

const NO_ARTIFACTS = 'stages pass data through storage that they share';
const NO_CONDITIONS = 'every task of the plan runs, once';
const NO_EXPANSION = 'write one task for each item';
const NO_HOOKS = 'add a task that depends on the others';
const NO_LOCKS = 'clic holds no locks between tasks';
const OWN_LIMITS = 'every attempt that fails is tried again, up to "limit"';
const OWN_LIMIT = 'write it in "spec", or in the template of the dag';
const ONLY_CONTAINERS = 'use a template with a container, and a task of the dag for each step';
const ONE_CONTAINER = 'a stage is one container';
const OF_STAGES = 'write them in the templates of the stages';
const WRITE_VALUE = 'write the value here; what is secret belongs into the env of a container';

/** Kubernetes settings of a pod, which a workflow and a template share. */
const POD = `metadata affinity automountServiceAccountToken hostAliases nodeSelector podSpecPatch priority
  priorityClassName schedulerName securityContext serviceAccountName tolerations volumes executor metrics`;

/** What else than a container a template can be, or have. */
const OTHER_TEMPLATES = {
  containerSet: ONLY_CONTAINERS,
  daemon: ONE_CONTAINER,
  data: ONLY_CONTAINERS,
  http: ONLY_CONTAINERS,
  plugin: ONLY_CONTAINERS,
  resource: ONLY_CONTAINERS,
  script: 'use a container with the script as an argument: command [/bin/sh, -c], args [<script>]',
  steps: ONLY_CONTAINERS,
  suspend: ONLY_CONTAINERS,
  synchronization: NO_LOCKS,
};

/** The kinds whose keys Kubernetes has to know: a misspelt one would run elsewhere, or with other rights, than was meant. */
export const STRICT_FOR_KUBERNETES: ReadonlySet<string> = new Set(['spec', 'template', 'container', 'env']);

/** The one table of the keys of a plan: those of an Argo Workflow. */
export const KEYS = {
  workflow: { accepted: 'apiVersion kind metadata spec status' },
  spec: {
    accepted: `entrypoint templates arguments archiveLogs artifactGC artifactRepositoryRef dnsConfig dnsPolicy hostNetwork
      imagePullSecrets podDisruptionBudget podGC podMetadata podPriority podPriorityClassName ttlSecondsAfterFinished
      activeDeadlineSeconds parallelism retryStrategy ttlStrategy volumeClaimGC workflowMetadata ${POD}`,
    ignored: {
      volumeClaimTemplates: 'clic makes no volumes',
    },
    unsupported: {
      hooks: NO_HOOKS,
      onExit: NO_HOOKS,
      shutdown: 'remove it',
      suspend: 'submit the plan, then suspend its stages',
      synchronization: NO_LOCKS,
      templateDefaults: 'write it in each template',
      workflowTemplateRef: 'write the templates into the plan',
    },
  },
  dag: {
    accepted: 'tasks failFast',
    unsupported: { target: NO_CONDITIONS },
  },
  task: {
    accepted: 'name template dependencies arguments continueOn retryStrategy activeDeadlineSeconds',
    unsupported: {
      depends: 'list the names of the tasks in "dependencies"',
      hooks: NO_HOOKS,
      inline: 'write it as a template, and name that in the task',
      onExit: NO_HOOKS,
      templateRef: 'write the template into the plan',
      when: NO_CONDITIONS,
      withItems: NO_EXPANSION,
      withParam: NO_EXPANSION,
      withSequence: NO_EXPANSION,
    },
  },
  continueOn: { accepted: 'error failed' },
  arguments: { accepted: 'parameters', ignored: { artifacts: NO_ARTIFACTS } },
  argument: {
    accepted: 'name value default description enum globalName',
    unsupported: { valueFrom: WRITE_VALUE },
  },
  template: {
    accepted: `name inputs outputs container dag archiveLocation activeDeadlineSeconds failFast initContainers retryStrategy
      sidecars ${POD}`,
    ignored: {
      memoize: 'every stage runs',
      parallelism: OWN_LIMIT,
      timeout: 'activeDeadlineSeconds bounds how long an attempt may run',
    },
    unsupported: OTHER_TEMPLATES,
  },
  entry: {
    accepted: `name inputs outputs container dag archiveLocation failFast parallelism ${POD}`,
    ignored: {
      activeDeadlineSeconds: 'write it in "spec", for the whole task, or in the templates, for their stages',
      memoize: 'every stage runs',
      retryStrategy: 'write it in "spec", for all templates',
      timeout: 'activeDeadlineSeconds of "spec" bounds how long the whole task may run',
    },
    unsupported: { ...OTHER_TEMPLATES, initContainers: OF_STAGES, sidecars: OF_STAGES },
  },
  retryStrategy: {
    accepted: 'limit backoff',
    ignored: { affinity: OWN_LIMITS, expression: OWN_LIMITS, retryPolicy: OWN_LIMITS },
  },
  backoff: {
    accepted: 'duration factor cap maxDuration',
  },
  inputs: { accepted: 'parameters', ignored: { artifacts: NO_ARTIFACTS } },
  outputs: {
    accepted: 'artifacts result exitCode',
    ignored: { parameters: NO_ARTIFACTS },
  },
  container: {
    accepted: `name image command args env imagePullPolicy livenessProbe ports readinessProbe resizePolicy resources
      securityContext startupProbe stdin stdinOnce terminationMessagePath terminationMessagePolicy tty volumeDevices
      volumeMounts envFrom lifecycle workingDir`,
  },
  env: { accepted: 'name value valueFrom' },
} satisfies Record<string, KeyUse>;

export type MappingKind = keyof typeof KEYS;
