import type { Log } from '../log.ts';
import type { Happening } from '../scheduler/events.ts';

/** Writes to the log what happens to tasks and stages: at info what an operator wants to know, at debug each transition. */
export function logHappening(log: Log, happening: Happening): void {
  switch (happening.kind) {
    case 'submitted': {
      const { taskName: task, stages } = happening;
      log.info(`${task}: submitted, ${stages} ${stages === 1 ? 'stage' : 'stages'}`, { task, stages });
      return;
    }
    case 'ended': {
      const { taskName: task, status, reason, ms } = happening;
      const why = reason === null ? '' : `: ${reason}`;
      log.info(`${task}: ${status} after ${(ms / 1000).toFixed(1)} s${why}`, { task, status, reason });
      return;
    }
    case 'failed': {
      const { stageId: stage, name, attempt, reason, retryTime } = happening;
      const next =
        retryTime === null
          ? 'it is not run again'
          : retryTime === 0
            ? 'it is run again at once'
            : `it is run again at ${new Date(retryTime).toISOString()}`;
      log.info(`${stage} (${name}): attempt ${attempt} failed: ${reason}; ${next}`, {
        stage,
        name,
        attempt,
        reason,
        retry: retryTime !== null,
      });
      return;
    }
    case 'stopping': {
      const { stageId: stage, attempt, reason } = happening;
      log.info(
        `${stage}: attempt ${attempt} is being ${reason.startsWith('stopped: ') ? reason : `stopped: ${reason}`}`,
        { stage, attempt, reason },
      );
      return;
    }
    case 'launched':
    case 'completed': {
      const { kind, stageId: stage, name, attempt } = happening;
      log.debug(`${stage} (${name}): attempt ${attempt} ${kind}`, { stage, name, attempt });
      return;
    }
    case 'changed': {
      const { stageId: stage, from, to } = happening;
      log.debug(`${stage}: ${from} -> ${to}`, { stage, status: to });
      return;
    }
    case 'expired':
      log.debug(`${happening.taskName}: removed, its time is over`, { task: happening.taskName });
  }
}
