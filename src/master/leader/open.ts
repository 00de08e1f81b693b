import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { version } from '../../../package.json';
import type { Health } from '../http/health.ts';
import type { Log } from '../log.ts';
import { ALONE } from './alone.ts';
import type { Election } from './election.ts';
import type { Leadership } from './leader.ts';
import type { Lease } from './lease.ts';

/** @throws ConfigError there is no access to what decides it */
export async function openLeadership(
  election: Election,
  { env, log, health }: { readonly env: NodeJS.ProcessEnv; readonly log: Log; readonly health: Health },
): Promise<Leadership> {
  if (election.kind === 'none') return ALONE;
  const lease = await openLease(election, env);
  const { LeaseLeadership } = await import('./lease-leadership.ts');
  return new LeaseLeadership(lease, {
    onStandby: (holder) => {
      health.standsBy(holder);
      log.info(`standby: ${holder} leads`, { leader: holder });
    },
    onTrouble: (problem) => {
      if (problem === null) log.info(`${lease.where} can be reached again`);
      else log.warn(problem);
    },
  });
}

async function openLease(
  election: Exclude<Election, { kind: 'none' }>,
  env: NodeJS.ProcessEnv,
): Promise<Lease> {
  // As no other process is ever named: pods of a StatefulSet, and processes of a machine, get the same names again.
  const identity = `${hostname()}_${process.pid}_${randomBytes(6).toString('hex')}`;
  if (election.kind === 'redis') {
    const { connect } = await import('../store/redis/connect.ts');
    const { RedisLease } = await import('./redis-lease.ts');
    const { redis, lease } = election;
    return new RedisLease(() => connect(redis), `${redis.prefix}lease:${lease}`, identity);
  }
  const { openAccess } = await import('../kubernetes/access.ts');
  const { KubernetesApi } = await import('../kubernetes/api.ts');
  const { KubernetesLease } = await import('./kubernetes-lease.ts');
  const access = await openAccess(election.kubeconfig, env);
  const api = new KubernetesApi(access, `clic-master/${version}`);
  return new KubernetesLease(api, { namespace: access.namespace, name: election.lease }, identity);
}
