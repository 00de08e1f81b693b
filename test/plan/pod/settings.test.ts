import { describe, expect, it } from 'vitest';
import type { PodSettings } from '../../../src/model/pod.ts';
import { lintText } from '../lint-text.ts';

interface Parts {
  readonly spec?: string;
  readonly template?: string;
  readonly container?: string;
  /** The arguments of each task: `{name: m, value: 1Gi}`. */
  readonly tasks?: readonly string[];
}

/** A plan of one template, with YAML lines in its parts. */
function planWith({ spec = '', template = '', container = '', tasks = [''] }: Parts): string {
  const lines = (text: string, indent: number): string =>
    text === '' ? '' : `${text.trim().replace(/^/gm, ' '.repeat(indent))}\n`;
  return `spec:
  entrypoint: main
${lines(spec, 2)}  templates:
  - name: main
    dag:
      tasks:
${tasks.map((list, index) => `      - {name: t${index}, template: x-t, arguments: {parameters: [${list}]}}\n`).join('')}
  - name: x-t
${lines(template, 4)}    container:
      image: i
      command: [run]
${lines(container, 6)}`;
}

async function podsOf(parts: Parts): Promise<(PodSettings | null)[]> {
  const { plan, diagnostics } = await lintText(planWith(parts), { executor: 'kubernetes' });
  expect(diagnostics).toEqual([]);
  return plan!.stages.map(({ pod }) => pod);
}
const podOf = async (parts: Parts): Promise<PodSettings | null> => (await podsOf(parts))[0] ?? null;

describe('what a plan says of the pod of a stage', () => {
  it('is nothing where it says nothing, or writes what is not set', async () => {
    expect(await podOf({})).toBeNull();
    const unset = 'nodeSelector: {}\ntolerations: []\nserviceAccountName: ""\naffinity:\npodSpecPatch: ""';
    expect(await podOf({ spec: unset, template: unset, container: 'resources: {}\nworkingDir:' })).toBeNull();
  });

  it('is kept of the container, apart from what is the stage itself', async () => {
    const container = `
name: main
args: [a]
imagePullPolicy: Always
workingDir: /work
stdin: true
tty: false
terminationMessagePolicy: FallbackToLogsOnError
ports: [{containerPort: 80, name: http}]
resources: {requests: {cpu: 500m, memory: 1Gi}, limits: {nvidia.com/gpu: 1}}
volumeMounts: [{name: a, mountPath: /a, readOnly: true}]
volumeDevices: [{name: b, devicePath: /dev/b}]
securityContext: {runAsUser: 1000, capabilities: {drop: [ALL]}}
lifecycle: {preStop: {exec: {command: [sync]}}}
startupProbe: {httpGet: {port: http, path: /}, periodSeconds: 3}
envFrom: [{configMapRef: {name: c}, prefix: P_}]
env: [{name: A, value: b}, {name: TOKEN, valueFrom: {secretKeyRef: {name: s, key: k}}}]`;
    const { plan } = await lintText(planWith({ container }), { executor: 'kubernetes' });
    expect(plan?.stages[0]).toMatchObject({ command: ['run', 'a'], env: { A: 'b' } });
    expect(plan?.stages[0]?.pod?.container).toEqual({
      imagePullPolicy: 'Always',
      workingDir: '/work',
      stdin: true,
      tty: false,
      terminationMessagePolicy: 'FallbackToLogsOnError',
      ports: [{ containerPort: 80, name: 'http' }],
      resources: { requests: { cpu: '500m', memory: '1Gi' }, limits: { 'nvidia.com/gpu': '1' } },
      volumeMounts: [{ name: 'a', mountPath: '/a', readOnly: true }],
      volumeDevices: [{ name: 'b', devicePath: '/dev/b' }],
      securityContext: { runAsUser: 1000, capabilities: { drop: ['ALL'] } },
      lifecycle: { preStop: { exec: { command: ['sync'] } } },
      startupProbe: { httpGet: { port: 'http', path: '/' }, periodSeconds: 3 },
      envFrom: [{ configMapRef: { name: 'c' }, prefix: 'P_' }],
      env: [{ name: 'TOKEN', valueFrom: { secretKeyRef: { name: 's', key: 'k' } } }],
    });
  });

  it('is kept of spec and template, whose settings go first', async () => {
    const pod = await podOf({
      spec: `
nodeSelector: {disk: ssd, zone: a}
tolerations: [{key: gpu, operator: Exists}]
affinity: {nodeAffinity: {requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms: [{matchExpressions: [{key: k, operator: In, values: [v]}]}]}}}
serviceAccountName: argo
automountServiceAccountToken: false
imagePullSecrets: [{name: pull}]
podPriorityClassName: low
podPriority: 5
schedulerName: default-scheduler
hostAliases: [{ip: 10.0.0.1, hostnames: [h]}]
hostNetwork: true
dnsPolicy: None
dnsConfig: {nameservers: [10.0.0.2]}
securityContext: {fsGroup: 7}
podMetadata: {labels: {team: x, app: all}, annotations: {note: from spec}}`,
      template: `
nodeSelector: {disk: hdd}
priorityClassName: high
metadata: {labels: {app: t}, annotations: {example.com/n: one}}`,
    });
    expect(pod).toEqual({
      container: {},
      pod: {
        nodeSelector: { disk: 'hdd' },
        tolerations: [{ key: 'gpu', operator: 'Exists' }],
        affinity: {
          nodeAffinity: {
            requiredDuringSchedulingIgnoredDuringExecution: {
              nodeSelectorTerms: [{ matchExpressions: [{ key: 'k', operator: 'In', values: ['v'] }] }],
            },
          },
        },
        serviceAccountName: 'argo',
        automountServiceAccountToken: false,
        imagePullSecrets: [{ name: 'pull' }],
        priorityClassName: 'high',
        priority: 5,
        schedulerName: 'default-scheduler',
        hostAliases: [{ ip: '10.0.0.1', hostnames: ['h'] }],
        hostNetwork: true,
        dnsPolicy: 'None',
        dnsConfig: { nameservers: ['10.0.0.2'] },
        securityContext: { fsGroup: 7 },
      },
      labels: { team: 'x', app: 't' },
      annotations: { note: 'from spec', 'example.com/n': 'one' },
      patch: null,
    });
  });

  it('has the volumes of both, those of the template in place of their namesakes', async () => {
    const pod = await podOf({
      spec: 'volumes: [{name: a, emptyDir: {}}, {name: b, persistentVolumeClaim: {claimName: pvc-nfs}}]',
      template: 'volumes: [{name: c, configMap: {name: c}}, {name: a, secret: {secretName: s}}]',
    });
    expect(pod?.pod.volumes).toEqual([
      { name: 'a', secret: { secretName: 's' } },
      { name: 'b', persistentVolumeClaim: { claimName: 'pvc-nfs' } },
      { name: 'c', configMap: { name: 'c' } },
    ]);
  });

  it('has sidecars as init containers that go on: they end with the stage', async () => {
    const pod = await podOf({
      template:
        'sidecars: [{name: proxy, image: p}]\ninitContainers: [{name: fetch, image: f, command: [get]}]',
    });
    expect(pod?.pod.initContainers).toEqual([
      { name: 'fetch', image: 'f', command: ['get'] },
      { name: 'proxy', image: 'p', restartPolicy: 'Always' },
    ]);
  });

  it('reads 0644 as Kubernetes does, whose YAML has octal numbers', async () => {
    const pod = await podOf({ spec: 'volumes: [{name: a, secret: {secretName: s, defaultMode: 0644}}]' });
    expect(pod?.pod.volumes?.[0]?.secret?.defaultMode).toBe(0o644);
  });

  it('is not for the process executor to judge, and kept all the same', async () => {
    const text = planWith({ container: 'resources: {limits: {memory: 1Gi}, lmits: {}}\nimagePullPolicy: 7' });
    const { plan, diagnostics } = await lintText(text, { executor: 'process' });
    expect(diagnostics.map(({ rule }) => rule)).toEqual(['ignored-key']);
    expect(plan?.stages[0]?.pod?.container).toEqual({ resources: { limits: { memory: '1Gi' } } });
  });
});

describe('parameters in the settings of a pod', () => {
  const INPUTS = 'inputs: {parameters: [{name: m}, {name: n, value: "1"}]}';

  it('are put in for each task, as what the place takes', async () => {
    const pods = await podsOf({
      spec: 'arguments: {parameters: [{name: pool, value: big}]}\nnodeSelector: {pool: "{{workflow.parameters.pool}}"}',
      template: `${INPUTS}\nmetadata: {labels: {size: 'm-{{inputs.parameters.m}}'}}`,
      container: `
resources: {limits: {memory: '{{inputs.parameters.m}}', cpu: 1}}
securityContext: {runAsUser: '{{inputs.parameters.n}}', readOnlyRootFilesystem: true}`,
      tasks: ['{name: m, value: 1Gi}', '{name: m, value: 2Gi}, {name: n, value: "7"}'],
    });
    const expected = (memory: string, runAsUser: number): unknown => ({
      container: {
        resources: { limits: { memory, cpu: '1' } },
        securityContext: { runAsUser, readOnlyRootFilesystem: true },
      },
      pod: { nodeSelector: { pool: 'big' } },
      labels: { size: `m-${memory}` },
      annotations: {},
      patch: null,
    });
    expect(pods).toEqual([expected('1Gi', 1), expected('2Gi', 7)]);
  });

  it('that make a wrong value are reported for that task, where it is put in', async () => {
    const text = planWith({
      template: INPUTS,
      container: "resources: {limits: {memory: '{{inputs.parameters.m}}'}}",
      tasks: ['{name: m, value: 1Gi}', '{name: m, value: a lot}'],
    });
    const { plan, diagnostics } = await lintText(text, { executor: 'kubernetes' });
    expect(plan).toBeNull();
    expect(diagnostics).toMatchObject([
      {
        severity: 'error',
        line: 15,
        column: 36,
        message:
          'resources.limits.memory of the container of the template "x-t" must be a quantity, such as 500m or 1Gi, but is "a lot"',
      },
    ]);
  });

  it('that nothing supplies are an error for Kubernetes alone', async () => {
    const text = planWith({ template: 'nodeSelector: {a: "{{workflow.name}}"}' });
    const rules = async (executor: 'kubernetes' | 'process'): Promise<string[]> =>
      (await lintText(text, { executor })).diagnostics.map(({ severity, rule }) => `${severity} ${rule}`);
    expect(await rules('kubernetes')).toEqual(['error unknown-parameter']);
    expect(await rules('process')).toEqual(['warning ignored-key']);
  });

  it('are not made anew for stages that have the same: they share one', async () => {
    const [first, second] = await podsOf({ template: 'nodeSelector: {a: b}', tasks: ['', ''] });
    expect(first).toBe(second);
  });
});

describe('podSpecPatch', () => {
  it('is one of spec and template, JSON or YAML, with parameters put in', async () => {
    const [first, second] = await podsOf({
      spec: `podSpecPatch: '{"containers":[{"name":"main","resources":{"limits":{"memory":"1Gi"}}}],"hostname":"h"}'`,
      template: `
inputs: {parameters: [{name: cpu}]}
podSpecPatch: |
  containers:
  - name: main
    resources: {limits: {cpu: {{inputs.parameters.cpu}}}}
  hostname: null`,
      tasks: ['{name: cpu, value: 2}', '{name: cpu, value: 500m}'],
    });
    const limits = (cpu: string): unknown => ({
      containers: [{ name: 'main', resources: { limits: { memory: '1Gi', cpu } } }],
      hostname: null,
    });
    expect(first?.patch).toEqual(limits('2'));
    expect(second?.patch).toEqual(limits('500m'));
  });

  it.each([
    ['containers: {', 'line 2: '],
    ['containers:\n- nmae: main', 'line 2: containers[0] of the patch has no field "nmae"'],
    ['hostNetwork: yes', 'line 1: hostNetwork of the patch must be true or false, but is "yes"'],
    ['- a', 'line 1: the patch must be a mapping, but is a list'],
    ['$patch: delete', 'line 1: the patch has no field "$patch"'],
    [`hostname: ${'x'.repeat(70_000)}`, 'has more than 65536 characters'],
  ])('that is no patch of a pod is refused: %s', async (patch, message) => {
    const template = `podSpecPatch: |\n${patch.replace(/^/gm, '  ')}`;
    const { plan, diagnostics } = await lintText(planWith({ template }), { executor: 'kubernetes' });
    expect(plan).toBeNull();
    expect(diagnostics[0]).toMatchObject({ severity: 'error', rule: 'invalid-patch', line: 10 });
    expect(diagnostics[0]?.message).toContain(message);
  });
});
