import type { StageState } from '../state/records.ts';
import type { FailureCause, Happening } from './events.ts';
import type { StageNode } from './nodes.ts';

/** What the operator is told when a stage gets a new state; null when it is nothing that one can see. */
export function happeningOf(stage: StageNode, next: StageState): Happening | null {
  const { id: stageId, state: before } = stage;
  const { name } = stage.outline;
  const { attempt } = next;
  if (next.attempt !== before.attempt) {
    const startTime = next.startTime ?? 0;
    return {
      kind: 'launched',
      stageId,
      name,
      attempt,
      waitedMs: startTime - (stage.readySince ?? startTime),
    };
  }
  if (next.failure !== null && next.failure !== before.failure) {
    const retryTime = next.status === 'WAITING' ? (next.notBefore ?? 0) : null;
    const { startTime } = before;
    return {
      kind: 'failed',
      stageId,
      name,
      ...next.failure,
      retryTime,
      cause: causeOf(before, next),
      startTime,
    };
  }
  if (next.stopReason !== null && before.stopReason === null)
    return { kind: 'stopping', stageId, attempt, reason: next.stopReason };
  if (next.overdue && !before.overdue) {
    const reason = 'it has reported its completion, and does not end';
    return { kind: 'stopping', stageId, attempt, reason };
  }
  if (next.status === before.status) return null;
  if (next.status === 'COMPLETED') {
    const completeTime = next.completeTime ?? 0;
    return {
      kind: 'completed',
      stageId,
      name,
      attempt,
      ranMs: completeTime - (next.startTime ?? completeTime),
    };
  }
  return { kind: 'changed', stageId, from: before.status, to: next.status };
}

function causeOf(before: StageState, next: StageState): FailureCause {
  if (before.stopReason !== null) return 'stopped';
  if (next.displacedCount > before.displacedCount) return 'displaced';
  if (next.lossCount > before.lossCount) return 'lost';
  return next.failure?.hasLog === false ? 'start' : 'program';
}
