import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Access, openAccess } from '../../../master/kubernetes/access.ts';
import { KubernetesApi } from '../../../master/kubernetes/api.ts';
import type { Json } from '../../../master/kubernetes/json.ts';
import { Reflector } from '../../../master/kubernetes/reflector.ts';

const NODES = 4;

/** The test cluster with nodes that only seem to run pods, and a namespace of our own on it. */
export interface FakeCluster {
  readonly kubeconfig: string;
  readonly access: Access;
  readonly api: KubernetesApi;
  readonly namespace: string;
  close(): Promise<void>;
}

/** Starts what does not run. @param root of the project */
export async function openFakeCluster(root: string): Promise<FakeCluster> {
  const up = join(root, 'deploy/test/cluster/up');
  const lines = execFileSync(up, ['--kwok', String(NODES)], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const kubeconfig = /KUBECONFIG=['"]?([^'"\s;]+)/.exec(lines)?.[1];
  if (kubeconfig === undefined) throw new Error(`${up} did not say where its kubeconfig is`);
  const access = await openAccess(kubeconfig, process.env);
  const api = new KubernetesApi(access, 'clic-bench');
  const namespace = `clic-bench-${process.pid}`;
  const body = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } };
  await api.request({ method: 'POST', path: '/api/v1/namespaces', body });
  return {
    kubeconfig,
    access,
    api,
    namespace,
    async close() {
      await api.request({ method: 'DELETE', path: `/api/v1/namespaces/${namespace}` });
      api.close();
    },
  };
}

/** A pod template for the fake nodes. @param runs how long a pod seems to run, such as `100ms` */
export function fakePodTemplate(runs: string): { readonly template: Json } {
  return {
    template: {
      metadata: { annotations: { 'pod-complete.stage.kwok.x-k8s.io/delay': runs } },
      spec: {
        nodeSelector: { type: 'kwok' },
        tolerations: [{ key: 'kwok.x-k8s.io/node', operator: 'Exists' }],
        containers: [{ name: 'main' }],
      },
    },
  };
}

/** The options of a clic-master that runs its stages there. */
export function mastersOptions(
  { kubeconfig, namespace }: Pick<FakeCluster, 'kubeconfig' | 'namespace'>,
  folder: string,
  runs: string,
): string[] {
  const template = join(folder, 'pod-template.json');
  writeFileSync(template, JSON.stringify(fakePodTemplate(runs)));
  return [
    ...['--executor', 'kubernetes', '--kubeconfig', kubeconfig, '--stage-namespace', namespace],
    ...['--pod-template', template, '--advertise', '127.0.0.1:7777', '--instance', 'bench'],
  ];
}

/** Tells of each object of a collection that appears or changes. */
export function follow(
  { api }: FakeCluster,
  path: string,
  onObject: (object: Readonly<Record<string, unknown>>) => void,
): Reflector {
  const nothing = (): undefined => undefined;
  const reflector = new Reflector({
    ...{ api, path, labelSelector: '', onObject },
    ...{ onDeleted: nothing, onListing: nothing, onListed: nothing, onTrouble: nothing },
  });
  reflector.start();
  return reflector;
}

/** Of the namespace, all. */
export async function deleteJobs({ api, namespace }: FakeCluster): Promise<void> {
  const body = { apiVersion: 'v1', kind: 'DeleteOptions', propagationPolicy: 'Background' };
  await api.request({ method: 'DELETE', path: `/apis/batch/v1/namespaces/${namespace}/jobs`, body });
}
