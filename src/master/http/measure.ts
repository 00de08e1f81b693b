import type { Happening } from '../scheduler/events.ts';
import type { Meter } from './metrics-table.ts';

/** Counts what happens to tasks and stages. @param now milliseconds since 1970 */
export function measure(meter: Meter, happening: Happening, now: number): void {
  switch (happening.kind) {
    case 'submitted':
      meter.count('clic_master_submissions_total', {});
      break;
    case 'launched':
      meter.count('clic_master_launches_total', {});
      meter.observe('clic_master_queue_wait_seconds', seconds(happening.waitedMs), {});
      break;
    case 'completed':
      meter.observe('clic_master_run_time_seconds', seconds(happening.ranMs), { outcome: 'completed' });
      break;
    case 'failed': {
      const { cause: reason, retryTime, startTime, hasLog } = happening;
      meter.count('clic_master_failures_total', { reason, retried: retryTime === null ? 'false' : 'true' });
      if (hasLog && startTime !== null)
        meter.observe('clic_master_run_time_seconds', seconds(now - startTime), { outcome: 'failed' });
      break;
    }
    case 'ended':
      meter.count('clic_master_tasks_ended_total', { status: happening.status });
      break;
    case 'stopping':
    case 'changed':
    case 'expired':
  }
}

/** Never negative, whatever was done to the clock. */
function seconds(ms: number): number {
  return Math.max(0, ms / 1000);
}
