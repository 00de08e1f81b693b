import type { StageState } from '../state/records.ts';
import type { Happening } from './events.ts';
import type { StageNode } from './nodes.ts';

/** What the operator is told when a stage gets a new state; null when it is nothing that one can see. */
export function happeningOf(stage: StageNode, next: StageState): Happening | null {
  const { id: stageId, state: before } = stage;
  const { name } = stage.outline;
  const { attempt } = next;
  if (next.attempt !== before.attempt) return { kind: 'launched', stageId, name, attempt };
  if (next.failure !== null && next.failure !== before.failure) {
    const retryTime = next.status === 'WAITING' ? (next.notBefore ?? 0) : null;
    return { kind: 'failed', stageId, name, ...next.failure, retryTime };
  }
  if (next.stopReason !== null && before.stopReason === null)
    return { kind: 'stopping', stageId, attempt, reason: next.stopReason };
  if (next.overdue && !before.overdue) {
    const reason = 'it has reported its completion, and does not end';
    return { kind: 'stopping', stageId, attempt, reason };
  }
  if (next.status === before.status) return null;
  if (next.status === 'COMPLETED') return { kind: 'completed', stageId, name, attempt };
  return { kind: 'changed', stageId, from: before.status, to: next.status };
}
