import { ConfigError } from '../../model/errors.ts';
import type { MasterOptions } from '../options.ts';
import type { RedisSettings } from '../store/redis/settings.ts';

/** By what it is decided who leads. */
export type Election =
  | { readonly kind: 'none' }
  | { readonly kind: 'kubernetes'; readonly lease: string; readonly kubeconfig: string | null }
  | { readonly kind: 'redis'; readonly lease: string; readonly redis: RedisSettings };

/**
 * As the options say, or else as goes with the store: a state on a disk keeps other processes out by itself.
 * @throws ConfigError Redis is to decide it, and none is named
 */
export function electionOf(
  {
    leaderElection,
    lease,
    store,
    executor,
    kubernetes,
    redis,
  }: Pick<MasterOptions, 'leaderElection' | 'lease' | 'store' | 'executor' | 'kubernetes' | 'redis'>,
  env: Readonly<Record<string, string | undefined>>,
): Election {
  const isInCluster = executor === 'kubernetes' || (env['KUBERNETES_SERVICE_HOST'] ?? '') !== '';
  const kind = leaderElection ?? (store !== 'redis' ? 'none' : isInCluster ? 'kubernetes' : 'redis');
  switch (kind) {
    case 'none':
      return { kind };
    case 'kubernetes':
      return { kind, lease, kubeconfig: kubernetes.kubeconfig };
    case 'redis':
      if (redis === null) throw new ConfigError('--leader-election redis needs --redis-url');
      return { kind, lease, redis };
  }
}
