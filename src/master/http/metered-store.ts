import { monotonicMs } from '../../rpc/monotonic.ts';
import type { Changes } from '../state/changes.ts';
import type { Store } from '../store/store.ts';
import type { Health } from './health.ts';
import type { Meter } from './metrics-table.ts';

/** A store whose answers are timed, and whose failures are counted. */
export function meteredStore(store: Store, meter: Meter, health: Pick<Health, 'writes'>): Store {
  const timed = async <T>(operation: 'load' | 'read' | 'write', asked: () => Promise<T>): Promise<T> => {
    const at = monotonicMs();
    try {
      return await asked();
    } catch (error) {
      meter.count('clic_master_store_errors_total', { operation });
      throw error;
    } finally {
      meter.observe('clic_master_store_seconds', (monotonicMs() - at) / 1000, { operation });
    }
  };
  return {
    isLasting: store.isLasting,
    load: () => timed('load', () => store.load()),
    async write(changes: Changes) {
      const written = health.writes();
      await timed('write', () => store.write(changes)).finally(written);
    },
    readPlan: (planId) => timed('read', () => store.readPlan(planId)),
    readSpec: (planId, index, patience) => timed('read', () => store.readSpec(planId, index, patience)),
    readStage: (taskName, index) => timed('read', () => store.readStage(taskName, index)),
    leave: () => store.leave(),
    close: () => store.close(),
  };
}
