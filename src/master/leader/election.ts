import type { MasterOptions } from '../options.ts';

/** By what it is decided who leads. */
export type Election =
  | { readonly kind: 'none' }
  | { readonly kind: 'kubernetes'; readonly lease: string; readonly kubeconfig: string | null };

/** As the options say, or else as goes with the store: a state on a disk keeps other processes out by itself. */
export function electionOf({
  leaderElection,
  lease,
  kubernetes,
}: Pick<MasterOptions, 'leaderElection' | 'lease' | 'kubernetes'>): Election {
  const kind = leaderElection ?? 'none';
  if (kind === 'none') return { kind };
  return { kind, lease, kubeconfig: kubernetes.kubeconfig };
}
