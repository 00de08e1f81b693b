import { describe, expect, test } from 'vitest';
import { listOf, objectOf } from '../../../../src/master/kubernetes/json.ts';
import {
  jobManifest,
  jobName,
  type JobSettings,
  objections,
} from '../../../../src/master/executor/kubernetes/job-manifest.ts';
import { DEFAULT_TEMPLATE, podTemplate } from '../../../../src/master/executor/kubernetes/pod-template.ts';
import { stageRun } from '../../../contract/support/stages.ts';

const SETTINGS: JobSettings = { instance: 'one', template: DEFAULT_TEMPLATE, graceMs: 5000 };
const POD = { container: {}, pod: {}, labels: {}, annotations: {}, patch: null };
const run = stageRun(['/bin/sh', '-c', 'echo $$ $(date) $(HOME_DIR) $PATH'], {
  image: 'busybox',
  entryWords: 2,
  env: { HOME_DIR: '/h', COST: '$5', CLIC_STAGE_ID: 'wc-abcdefgh-sh-1' },
});

function specOf(fields: Parameters<typeof jobManifest>[0], settings = SETTINGS) {
  return objectOf(objectOf(objectOf(jobManifest(fields, settings)['spec'])['template'])['spec']);
}

function mainOf(fields: Parameters<typeof jobManifest>[0], settings = SETTINGS) {
  return objectOf(listOf(specOf(fields, settings)['containers'])[0]);
}

describe('the name of a Job', () => {
  test('is that of the stage for the first attempt, and no id of a stage for later ones', () => {
    expect(jobName('wc-abcdefgh-sh-1', 1)).toBe('wc-abcdefgh-sh-1');
    expect(jobName('wc-abcdefgh-sh-1', 2)).toBe('wc-abcdefgh-sh-1-a2');
  });

  test('fits for every attempt of the longest id, and differs between ids', () => {
    const ids = ['x', 'y'].map((end) => `${'a'.repeat(62)}${end}`);
    const names = ids.flatMap((id) => [1, 2, 9999].map((attempt) => jobName(id, attempt)));
    expect(new Set(names).size).toBe(names.length);
    expect(names.filter((name) => name.length > 63)).toEqual([]);
  });
});

describe('the Job of an attempt', () => {
  test('runs once, and is labelled with whose it is', () => {
    const job = jobManifest({ ...run, attempt: 2 }, SETTINGS);
    const labels = {
      'clic.fdu/instance': 'one',
      'clic.fdu/task': 'wc-abcdefgh',
      'clic.fdu/stage': 'wc-abcdefgh-sh-1',
      'clic.fdu/attempt': '2',
    };
    const metadata = { labels, annotations: { 'clic.fdu/stage-name': 'sh' } };
    expect(job).toMatchObject({
      metadata: { ...metadata, name: 'wc-abcdefgh-sh-1-a2' },
      spec: { backoffLimit: 0, template: { metadata, spec: { restartPolicy: 'Never' } } },
    });
  });

  test('leaves to Kubernetes only the variables that the plan declares', () => {
    expect(mainOf(run)).toMatchObject({
      command: ['/bin/sh', '-c'],
      args: ['echo $$$$ $$(date) $(HOME_DIR) $$PATH'],
      env: [
        { name: 'HOME_DIR', value: '/h' },
        { name: 'COST', value: '$$5' },
        { name: 'CLIC_STAGE_ID', value: 'wc-abcdefgh-sh-1' },
      ],
    });
  });

  test('runs the entry point of the image where the plan names no command', () => {
    const { command, args } = mainOf({ ...run, command: ['-v'], entryWords: 0 });
    expect([command, args]).toEqual([undefined, ['-v']]);
  });

  test('gives pods no token, no variables of services, and the shared volume', () => {
    expect(specOf(run)).toMatchObject({
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      terminationGracePeriodSeconds: 5,
      volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'pvc-nfs' } }],
      containers: [{ name: 'main', volumeMounts: [{ mountPath: '/data' }] }],
    });
  });

  test("lays the plan's settings over the template, and its patch over both", () => {
    const template = podTemplate({
      template: {
        spec: {
          nodeSelector: { disk: 'ssd' },
          tolerations: [{ key: 'a' }],
          containers: [
            { name: 'main', image: 'default', resources: { limits: { cpu: '1', memory: '1Gi' } } },
          ],
        },
      },
    });
    const pod = {
      ...POD,
      container: { resources: { limits: { memory: '2Gi' } } },
      pod: { nodeSelector: { zone: 'z' }, tolerations: [{ key: 'b' }] },
      patch: { containers: [{ name: 'main', workingDir: '/w' }], restartPolicy: 'Always' },
    };
    expect(specOf({ ...run, pod }, { ...SETTINGS, template })).toMatchObject({
      nodeSelector: { disk: 'ssd', zone: 'z' },
      tolerations: [{ key: 'a' }, { key: 'b' }],
      restartPolicy: 'Never',
      containers: [
        { image: 'busybox', workingDir: '/w', resources: { limits: { cpu: '1', memory: '2Gi' } } },
      ],
    });
  });

  test('runs the stage in the first container, whatever else is beside it', () => {
    const pod = { ...POD, patch: { containers: [{ name: 'beside', image: 'x' }] } };
    const names = listOf(specOf({ ...run, pod })['containers']).map(
      (container) => objectOf(container)['name'],
    );
    expect(names).toEqual(['main', 'beside']);
  });
});

describe('a stage is objected to', () => {
  test.each([
    [
      'a secret as a volume',
      { pod: { volumes: [{ name: 's', secret: { secretName: 'redis-auth' } }] } },
      'the secret redis-auth',
    ],
    [
      'a secret in a projected volume',
      { pod: { volumes: [{ name: 's', projected: { sources: [{ secret: { name: 'redis-auth' } }] } }] } },
      'the secret redis-auth',
    ],
    [
      'a secret as a variable',
      { container: { env: [{ name: 'P', valueFrom: { secretKeyRef: { name: 'redis-auth', key: 'p' } } }] } },
      'the secret redis-auth',
    ],
    [
      'a secret as variables',
      { container: { envFrom: [{ secretRef: { name: 'redis-auth' } }] } },
      'the secret redis-auth',
    ],
    [
      'a folder of the node',
      { pod: { volumes: [{ name: 'h', hostPath: { path: '/etc' } }] } },
      'the folder /etc of the node',
    ],
    ['a service account', { pod: { serviceAccountName: 'admin' } }, 'the service account admin'],
    ['its token', { pod: { automountServiceAccountToken: true } }, 'a token of its service account'],
    [
      'its token in a projected volume',
      { pod: { volumes: [{ name: 't', projected: { sources: [{ serviceAccountToken: { path: 't' } }] } }] } },
      'a token of its service account',
    ],
    [
      'privileges',
      { container: { securityContext: { privileged: true } } },
      'privileged for the container main',
    ],
    ['the network of the node', { pod: { hostNetwork: true } }, 'hostNetwork'],
    [
      'capabilities, by its patch',
      {
        patch: { containers: [{ name: 'main', securityContext: { capabilities: { add: ['SYS_ADMIN'] } } }] },
      },
      'the capability SYS_ADMIN for the container main',
    ],
    [
      'privileges of an init container',
      { pod: { initContainers: [{ name: 'i', securityContext: { privileged: true } }] } },
      'privileged for the container i',
    ],
    [
      'another type of volume',
      { pod: { volumes: [{ name: 'n', nfs: { server: 's', path: '/' } }] } },
      'a volume of the type nfs',
    ],
  ])('for %s that the template does not allow', (_, settings, what) => {
    const found = objections({ ...run, pod: { ...POD, ...settings } }, SETTINGS);
    expect(found).toEqual([`it uses ${what}, which the pod template does not allow`]);
  });

  test('not for what the template allows, or has itself', () => {
    const template = podTemplate({
      template: { spec: { serviceAccountName: 'clic-stage', hostNetwork: true } },
      allow: { secrets: ['mine'], hostPaths: ['/scratch/'] },
    });
    const mounting = (path: string) => {
      const volumes = [
        { name: 'a', secret: { secretName: 'mine' } },
        { name: 'b', hostPath: { path } },
      ];
      return { ...run, pod: { ...POD, ...{ pod: { volumes } } } };
    };
    expect(objections(mounting('/scratch/x'), { ...SETTINGS, template })).toEqual([]);
    expect(objections(mounting('/scratch/../etc'), { ...SETTINGS, template })).toHaveLength(1);
  });

  test('when nobody names an image', () => {
    expect(objections({ ...run, image: null }, SETTINGS)).toEqual([
      'it names no image, and the pod template has none',
    ]);
  });
});

test.each([
  [[], 'the file is no object'],
  [{ templates: {} }, 'the file has templates: known are template, allow'],
  [{ allow: { secrets: 'all' } }, 'allow.secrets is no list'],
  [{ allow: { root: true } }, /allow has root/],
  [{ template: { spec: { containers: [{ image: 'x' }] } } }, /has no name/],
  [{ template: { spec: { containers: 5 } } }, 'containers of template.spec must be a list, but is "5"'],
  [
    { template: { spec: { containers: [{ name: 'main', imagee: 'x' }] } } },
    'containers[0] of template.spec has no field "imagee" in Kubernetes (did you mean "image"?)',
  ],
])('refuses the pod template %j', (file, message) => {
  expect(() => podTemplate(file)).toThrow(message);
});
