import { parse } from 'yaml';
import { ConfigError } from '../../../model/errors.ts';
import { podSpecProblems } from '../../../plan/pod/spec.ts';
import { isJson, type Json, listOf, objectOf } from '../../kubernetes/json.ts';
import { problemOf, readNamedFile } from '../../named-file.ts';

/** What the pods of all stages have, and what a plan may add. */
export interface PodTemplate {
  /** A PodTemplateSpec of Kubernetes, or a part of one. The container of a stage is the one that is called `main`. */
  readonly template: Json;
  readonly allow: Allowed;
}

/** What plans may use. Names may be `*`: all of them. What the template itself has is allowed anyway. */
export interface Allowed {
  readonly serviceAccounts: readonly string[];
  readonly secrets: readonly string[];
  readonly configMaps: readonly string[];
  readonly claims: readonly string[];
  /** Kinds of volumes. */
  readonly volumeTypes: readonly string[];
  /** Folders of the node, with all that is in them. */
  readonly hostPaths: readonly string[];
  /** Capabilities of Linux that a container may add. */
  readonly capabilities: readonly string[];
  /** Privileged containers, and others that are confined less than usual. */
  readonly privileged: boolean;
  /** The node's network, processes and ports. */
  readonly hostNamespaces: boolean;
}

const NOTHING_DANGEROUS: Allowed = {
  serviceAccounts: [],
  secrets: [],
  configMaps: ['*'],
  claims: ['*'],
  volumeTypes: [
    ...['configMap', 'downwardAPI', 'emptyDir', 'ephemeral', 'persistentVolumeClaim', 'projected', 'secret'],
  ],
  hostPaths: [],
  capabilities: [],
  privileged: false,
  hostNamespaces: false,
};

/** The container that runs the stage. */
export const MAIN = 'main';

/** Where no file says something else: the volume that all parts of the system share, where plans expect it. */
export const DEFAULT_TEMPLATE: PodTemplate = {
  template: {
    spec: {
      containers: [{ name: MAIN, volumeMounts: [{ name: 'data', mountPath: '/data' }] }],
      volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'pvc-nfs' } }],
    },
  },
  allow: NOTHING_DANGEROUS,
};

/** @throws ConfigError the file can't be read, or is no pod template */
export async function readPodTemplate(file: string | null): Promise<PodTemplate> {
  if (file === null) return DEFAULT_TEMPLATE;
  try {
    return podTemplate(parse(await readNamedFile(file, 'pod template')));
  } catch (error) {
    const problem = error instanceof Error ? `: ${problemOf(error)}` : '';
    throw new ConfigError(`the pod template ${file} can't be used${problem}`, {
      hint: 'it has `template`, a PodTemplateSpec, and `allow`, what plans may use',
      cause: error,
    });
  }
}

/** Checks what a file has. @throws TypeError it is no pod template */
export function podTemplate(value: unknown): PodTemplate {
  const file = objectAt('the file', value);
  onlyKnown('the file', file, ['template', 'allow']);
  const template = objectAt('template', file['template'] ?? {});
  onlyKnown('template', template, ['metadata', 'spec']);
  const spec = objectAt('template.spec', template['spec'] ?? {});
  for (const [at, container] of listOf(spec['containers']).entries()) {
    if (typeof objectOf(container)['name'] !== 'string')
      throw new TypeError(`template.spec.containers[${at}] has no name: the stage's is called ${MAIN}`);
  }
  const [problem] = podSpecProblems(spec, 'template.spec');
  if (problem !== undefined) throw new TypeError(problem);
  const given = objectAt('allow', file['allow'] ?? {});
  onlyKnown('allow', given, Object.keys(NOTHING_DANGEROUS));
  const names = (key: keyof Allowed, fallback: readonly string[]): readonly string[] => {
    const list = given[key] ?? fallback;
    if (!Array.isArray(list)) throw new TypeError(`allow.${key} is no list`);
    return list.map((name: unknown) => {
      if (typeof name !== 'string') throw new TypeError(`allow.${key} has an entry that is no text`);
      return name;
    });
  };
  const flag = (key: keyof Allowed): boolean => {
    const set = given[key] ?? false;
    if (typeof set !== 'boolean') throw new TypeError(`allow.${key} is neither true nor false`);
    return set;
  };
  return {
    template,
    allow: {
      serviceAccounts: names('serviceAccounts', NOTHING_DANGEROUS.serviceAccounts),
      secrets: names('secrets', NOTHING_DANGEROUS.secrets),
      configMaps: names('configMaps', NOTHING_DANGEROUS.configMaps),
      claims: names('claims', NOTHING_DANGEROUS.claims),
      volumeTypes: names('volumeTypes', NOTHING_DANGEROUS.volumeTypes),
      hostPaths: names('hostPaths', NOTHING_DANGEROUS.hostPaths),
      capabilities: names('capabilities', NOTHING_DANGEROUS.capabilities),
      privileged: flag('privileged'),
      hostNamespaces: flag('hostNamespaces'),
    },
  };
}

/** The folders at which the template puts what its volumes share: in the container of the stage. */
export function sharedFolders({ template }: PodTemplate): string[] {
  const spec = objectOf(template['spec']);
  const shared = new Set(
    listOf(spec['volumes'])
      .map(objectOf)
      .filter((volume) => ['persistentVolumeClaim', 'nfs', 'hostPath'].some((kind) => kind in volume))
      .map(({ name }) => name),
  );
  return listOf(spec['containers'])
    .map(objectOf)
    .filter(({ name }) => name === MAIN)
    .flatMap(({ volumeMounts }) => listOf(volumeMounts).map(objectOf))
    .filter(
      ({ name, subPath, subPathExpr }) =>
        shared.has(name) && subPath === undefined && subPathExpr === undefined,
    )
    .flatMap(({ mountPath }) => (typeof mountPath === 'string' ? [mountPath] : []));
}

function objectAt(where: string, value: unknown): Json {
  if (!isJson(value)) throw new TypeError(`${where} is no object`);
  return value;
}

function onlyKnown(where: string, value: Json, known: readonly string[]): void {
  const unknown = Object.keys(value).find((key) => !known.includes(key));
  if (unknown !== undefined) throw new TypeError(`${where} has ${unknown}: known are ${known.join(', ')}`);
}
