import { createHash } from 'node:crypto';
import { isJson, type Json, listOf, objectOf } from '../../kubernetes/json.ts';
import { mergePod } from '../../../model/pod-patch.ts';
import type { StageRun } from '../executor.ts';
import { forbidden } from './forbidden.ts';
import { MAIN, type PodTemplate } from './pod-template.ts';

/** What the Jobs of a master have in common. */
export interface JobSettings {
  /** Tells the Jobs of masters apart that share a namespace. */
  readonly instance: string;
  readonly template: PodTemplate;
  /** How long a program that is stopped may take until it is killed, in milliseconds. */
  readonly graceMs: number;
}

/** The labels of Jobs and their pods. */
export const LABELS = {
  instance: 'clic.fdu/instance',
  task: 'clic.fdu/task',
  stage: 'clic.fdu/stage',
  attempt: 'clic.fdu/attempt',
} as const;
const STAGE_NAME = 'clic.fdu/stage-name';

/** A master deletes Jobs with their task; this is for those whose master never comes back. */
const TTL_SECONDS = 7 * 24 * 60 * 60;
/** What the pod template has of these is kept, and the plan adds to it. */
const ADDED = new Set(['tolerations', 'envFrom']);
const NAME_MAX = 63;
const HASH_LENGTH = 8;

/**
 * The name of an attempt's Job: the stage's id for the first, which is what people type, and `<id>-a<n>` for the n-th. No
 * stage's id ends like that, as ids end with a number. Where that is too long, a hash stands for the end of the id.
 */
export function jobName(stageId: string, attempt: number): string {
  if (attempt === 1) return stageId;
  const suffix = `-a${attempt}`;
  if (stageId.length + suffix.length <= NAME_MAX) return stageId + suffix;
  const hash = createHash('sha256').update(stageId).digest('hex').slice(0, HASH_LENGTH);
  return `${stageId.slice(0, NAME_MAX - suffix.length - HASH_LENGTH - 1)}-${hash}${suffix}`;
}

/** The labels by which an attempt's Job is told from any other. */
export function jobLabels(run: Pick<StageRun, 'taskName' | 'stageId' | 'attempt'>, instance: string) {
  return {
    [LABELS.instance]: instance,
    [LABELS.task]: run.taskName,
    [LABELS.stage]: run.stageId,
    [LABELS.attempt]: String(run.attempt),
  };
}

/** What is needed to know the pod of a stage. */
export type PodOf = Pick<StageRun, 'image' | 'command' | 'entryWords' | 'env' | 'pod'>;

/** Why a stage can't be run in a pod, for people; empty where it can. */
export function objections(run: PodOf, settings: JobSettings): string[] {
  const spec = podSpec(run, settings);
  const used = forbidden(spec, objectOf(settings.template.template['spec']), settings.template.allow);
  const main = listOf(spec['containers']).map(objectOf)[0];
  return [
    ...(main?.['image'] === undefined ? ['it names no image, and the pod template has none'] : []),
    ...(main?.['name'] === MAIN ? [] : [`its pod has no container ${MAIN}`]),
    ...used.map((what) => `it uses ${what}, which the pod template does not allow`),
  ];
}

/** The Job of an attempt (batch/v1). Kubernetes never runs it a second time: that is for the master to decide. */
export function jobManifest(run: StageRun, settings: JobSettings): Json {
  const meta = objectOf(settings.template.template['metadata']);
  const labels = {
    ...objectOf(meta['labels']),
    ...run.pod?.labels,
    'app.kubernetes.io/managed-by': 'clic-master',
    ...jobLabels(run, settings.instance),
  };
  const annotations = {
    ...objectOf(meta['annotations']),
    ...run.pod?.annotations,
    [STAGE_NAME]: run.stageName,
  };
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name: jobName(run.stageId, run.attempt), labels, annotations },
    spec: {
      backoffLimit: 0,
      completions: 1,
      parallelism: 1,
      podReplacementPolicy: 'Failed',
      // A pod that is taken from its node does not count as a failure, unless this says so.
      podFailurePolicy: {
        rules: [{ action: 'FailJob', onPodConditions: [{ type: 'DisruptionTarget', status: 'True' }] }],
      },
      ttlSecondsAfterFinished: TTL_SECONDS,
      template: { metadata: { labels, annotations }, spec: podSpec(run, settings) },
    },
  };
}

/** From below to above: our defaults, the pod template, the plan, its `podSpecPatch`; then what must be so. */
function podSpec(run: PodOf, settings: JobSettings): Json {
  const { pod } = run;
  const template = objectOf(settings.template.template['spec']);
  const defaults = {
    terminationGracePeriodSeconds: Math.max(1, Math.ceil(settings.graceMs / 1000)),
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    securityContext: { seccompProfile: { type: 'RuntimeDefault' } },
    containers: [
      { name: MAIN, imagePullPolicy: 'IfNotPresent', securityContext: { allowPrivilegeEscalation: false } },
    ],
  };
  const layers = [template, json(pod?.pod), { containers: [mainContainer(run)] }, json(pod?.patch)];
  const spec = layers.reduce((below: Json, above) => mergePod(below, above, { added: ADDED }), defaults);
  const containers = listOf(spec['containers']).map(objectOf);
  const main = containers.filter(({ name }) => name === MAIN);
  return {
    ...spec,
    restartPolicy: 'Never',
    // The first is the one that `kubectl logs` shows, and whose end is the end of the stage.
    containers: [...main, ...containers.filter(({ name }) => name !== MAIN)],
  };
}

function mainContainer({ image, command, entryWords, env, pod }: PodOf): Json {
  const { env: references, ...container } = pod?.container ?? {};
  const variables = listOf(references).filter(isJson);
  const declared = new Set([...Object.keys(env), ...variables.map(({ name }) => String(name))]);
  const words = command.map((word) => literal(word, declared));
  const [entry, args] = [words.slice(0, entryWords), words.slice(entryWords)];
  // What the master says goes last, and is not looked through for variables.
  const isOurs = (name: string): boolean => name.startsWith('CLIC_');
  const plain = Object.entries(env).map(([name, value]) => ({
    name,
    value: literal(value, isOurs(name) ? new Set() : declared),
  }));
  return {
    ...json(container),
    name: MAIN,
    ...(image === null || image === '' ? {} : { image }),
    ...(entry.length === 0 ? {} : { command: entry }),
    ...(args.length === 0 ? {} : { args }),
    env: [
      ...variables,
      ...plain.filter(({ name }) => !isOurs(name)),
      ...plain.filter(({ name }) => isOurs(name)),
    ],
  };
}

/**
 * Kubernetes puts variables in place of `$(NAME)`, and `$` in place of `$$`. A shell means something else by both, so only what
 * names a variable that the plan declares is left to Kubernetes.
 */
function literal(text: string, declared: ReadonlySet<string>): string {
  return text.replaceAll(/\$(?:\(([^()]*)\))?/g, (found, name: string | undefined) =>
    name !== undefined && declared.has(name) ? found : `$${found}`,
  );
}

/** Settings of a plan were checked to have the shape that Kubernetes takes. */
function json(value: object | null | undefined): Json {
  return value === null || value === undefined ? {} : { ...value };
}
