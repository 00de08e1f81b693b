import type { KubernetesApi } from '../../kubernetes/api.ts';
import { type Json, objectOf, textOf } from '../../kubernetes/json.ts';
import { Reflector } from '../../kubernetes/reflector.ts';
import type { Attempt } from './attempt.ts';
import { jobView } from './job-state.ts';
import { podView } from './pod-state.ts';

export interface FollowingOptions {
  readonly api: KubernetesApi;
  readonly namespace: string;
  readonly labelSelector: string;
  /** By the names of their Jobs. */
  readonly attempts: ReadonlyMap<string, Attempt>;
  /** Told once when the server can't be followed, and null when it can be again. */
  readonly onTrouble: (error: unknown) => void;
}

/** The path of the Jobs of a namespace. */
export function jobsPath(namespace: string): string {
  return `/apis/batch/v1/namespaces/${namespace}/jobs`;
}

/** Tells attempts what becomes of their Jobs and pods. Of those that no attempt waits for, nothing is kept. */
export function following(options: FollowingOptions): Reflector[] {
  const { namespace, attempts } = options;
  return [
    reflector(options, 'jobs', jobsPath(namespace), (job, isGone) => {
      const view = jobView(job);
      if (view === null) return;
      const attempt = attempts.get(view.name);
      if (isGone) attempt?.jobGone(view.uid);
      else attempt?.jobSeen(view);
    }),
    reflector(options, 'pods', `/api/v1/namespaces/${namespace}/pods`, (pod, isGone) => {
      const view = podView(pod);
      if (view !== null) attempts.get(view.jobName)?.podSeen({ ...view, isGone });
    }),
  ];
}

function reflector(
  { api, labelSelector, attempts, onTrouble }: FollowingOptions,
  kind: 'jobs' | 'pods',
  path: string,
  tell: (object: Json, isGone: boolean) => void,
): Reflector {
  /** While a list is read: whom it is for, and what it has, by uid. */
  let list: { readonly before: readonly Attempt[]; readonly seen: Set<string> } | null = null;
  return new Reflector({
    api,
    path,
    labelSelector,
    onTrouble,
    onListing: () => {
      list = { before: [...attempts.values()], seen: new Set() };
    },
    onObject: (object) => {
      list?.seen.add(textOf(objectOf(object['metadata'])['uid']) ?? '');
      tell(object, false);
    },
    onDeleted: (object) => tell(object, true),
    onListed: () => {
      const { before, seen } = list ?? { before: [], seen: new Set<string>() };
      list = null;
      for (const attempt of before) attempt.listed(kind, seen);
    },
  });
}
