import { describe, expect, it } from 'vitest';
import { type ExecutorName } from '../../src/plan/executors.ts';
import { KEYS, type KeyUse } from '../../src/plan/keys.ts';
import { lintText, planOf, planWithTemplate } from './lint-text.ts';

const RUNS = 'container: {image: busybox, command: [run]}';
const rulesOf = async (text: string, executor: ExecutorName = 'kubernetes'): Promise<string[]> =>
  (await lintText(text, { executor })).diagnostics.map(({ rule, severity }) => `${severity} ${rule}`);

/** A plan with one more key in a mapping of the given kind. */
const WITH_KEY: Record<keyof typeof KEYS, (key: string) => string> = {
  workflow: (key) => `${planOf('- {name: a, template: sh-template}')}${key}: x\n`,
  spec: (key) => planOf('- {name: a, template: sh-template}').replace('spec:', `spec:\n  ${key}: x`),
  dag: (key) => planOf('- {name: a, template: sh-template}').replace('dag:', `dag:\n      ${key}: x`),
  task: (key) => planOf(`- {name: a, template: sh-template, ${key}: x}`),
  continueOn: (key) => planOf(`- {name: a, template: sh-template, continueOn: {${key}: x}}`),
  arguments: (key) => planOf(`- {name: a, template: sh-template, arguments: {${key}: x}}`),
  argument: (key) =>
    planOf(`- {name: a, template: sh-template, arguments: {parameters: [{value: x, ${key}: x}]}}`),
  template: (key) => planWithTemplate(`${RUNS}\n${key}: x`),
  entry: (key) => planOf('- {name: a, template: sh-template}').replace('dag:', `${key}: x\n    dag:`),
  retryStrategy: (key) => planWithTemplate(`${RUNS}\nretryStrategy: {${key}: x}`),
  backoff: (key) => planWithTemplate(`${RUNS}\nretryStrategy: {backoff: {${key}: x}}`),
  inputs: (key) => planWithTemplate(`${RUNS}\ninputs: {${key}: x}`),
  outputs: (key) => planWithTemplate(`${RUNS}\noutputs: {${key}: x}`),
  container: (key) => planWithTemplate(`container: {image: i, command: [run], ${key}: x}`),
  env: (key) => planWithTemplate(`container: {image: i, command: [run], env: [{name: A, ${key}: x}]}`),
};

describe.each(Object.entries(KEYS))('in a mapping of the kind %s', (kind, use) => {
  const withKey = WITH_KEY[kind as keyof typeof KEYS];
  const table: KeyUse = use;

  it('an unknown key is a warning, and an error where a pod would not be what was meant', async () => {
    const isPodSetting = ['spec', 'template', 'container', 'env'].includes(kind);
    for (const key of ['neverHeardOf', 'hasOwnProperty', '__proto__']) {
      expect(await rulesOf(withKey(key))).toEqual([`${isPodSetting ? 'error' : 'warning'} unknown-key`]);
      expect(await rulesOf(withKey(key), 'process')).toEqual(['warning unknown-key']);
    }
  });
  it('a key that clic does without is a warning', async () => {
    for (const key of Object.keys(table.ignored ?? {})) {
      expect([key, await rulesOf(withKey(key))]).toEqual([key, ['warning ignored-key']]);
    }
  });
  it('a key that would change what runs is an error', async () => {
    for (const key of Object.keys(table.unsupported ?? {})) {
      expect([key, await rulesOf(withKey(key))]).toEqual([key, ['error unsupported']]);
    }
  });
});

const ALL_OF_KUBERNETES = `apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: {name: x, namespace: argo, labels: {a: b}, annotations: {any: thing}}
spec:
  entrypoint: main
  serviceAccountName: argo
  imagePullSecrets: [{name: s}]
  ttlStrategy: {secondsAfterCompletion: 60}
  podGC: {strategy: OnPodCompletion}
  nodeSelector: {disk: ssd}
  tolerations: []
  volumes: [{name: nfs, persistentVolumeClaim: {claimName: pvc-nfs}}]
  templates:
  - name: main
    dag: {tasks: [{name: a, template: java-template}]}
  - name: java-template
    metadata: {labels: {app: x}}
    nodeSelector: {disk: ssd}
    container:
      name: main
      image: i
      imagePullPolicy: Always
      command: [run]
      resources: {limits: {cpu: 1}}
      workingDir: /data
      envFrom: [{configMapRef: {name: c}}]
      env: [{name: A, valueFrom: {secretKeyRef: {name: s, key: k}}}]
      volumeMounts: [{name: nfs, mountPath: /data}]
    outputs: {artifacts: [{name: o, path: /out, archive: {none: {}}}]}
status: {phase: Succeeded}
`;

describe('a plan that uses what Kubernetes has', () => {
  const found = async (executor?: ExecutorName): Promise<string[]> =>
    (await lintText(ALL_OF_KUBERNETES, { executor })).diagnostics.map(
      ({ severity, message }) => `${severity} ${message}`,
    );
  const TEMPLATE = 'the template "java-template"';
  const CONTAINER = `the container of ${TEMPLATE}`;
  const VALUE = `the env of ${TEMPLATE}: a process gets "A" only where clic-master passes it on`;

  it('gets no warning where Kubernetes runs it', async () => {
    expect(await found('kubernetes')).toEqual([]);
  });
  it('is told what a process does without, and refused where that would run something else', async () => {
    expect(await found('process')).toEqual([
      'warning spec: "nodeSelector" is ignored',
      `warning ${TEMPLATE}: "nodeSelector" is ignored`,
      `warning ${CONTAINER}: "resources" is ignored`,
      `error ${CONTAINER}: "workingDir" can't be carried out`,
      `error ${CONTAINER}: "envFrom" can't be carried out`,
      `warning ${VALUE}`,
    ]);
    expect((await lintText(ALL_OF_KUBERNETES)).plan).toBeNull();
  });
  it('gets warnings that name the executor where nobody knows what will run it', async () => {
    expect(await found(undefined)).toEqual(
      (await found('process')).map((line) => `${line.replace('error', 'warning')} (process executor)`),
    );
    expect((await lintText(ALL_OF_KUBERNETES, { executor: undefined })).plan).toBeNull();
  });
});

describe('a template that runs no container', () => {
  it.each(['steps: [[{name: x, template: y}]]', 'script: {image: i, source: x}', 'suspend: {}'])(
    'is refused, once: %s',
    async (kind) => {
      expect(await rulesOf(planWithTemplate(kind))).toEqual(['error unsupported']);
    },
  );
  it('is refused when it is a dag within the dag', async () => {
    expect(await rulesOf(planWithTemplate('dag: {tasks: [{name: b, template: main}]}'))).toEqual([
      'error unsupported',
    ]);
  });
});
