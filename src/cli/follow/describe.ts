import { TaskFailedError } from '../../model/errors.ts';
import type { StageInfo } from '../../model/views.ts';
import { isFinal, type Snapshot } from './snapshot.ts';

/** So many stages are named in a sentence. */
const NAMED = 5;

/** What is known of a task that has not ended, in a sentence. */
export function describeState({ task, stages }: Snapshot): string {
  const withStatus = (...statuses: string[]): string[] =>
    stages.filter(({ status }) => statuses.includes(status)).map(({ id }) => id);
  const done = stages.filter(({ status }) => status === 'COMPLETED').length;
  const parts = [`it is ${task.status}, ${done} of ${stages.length} stages are completed`];
  const running = withStatus('RUNNING', 'PREPARED');
  if (running.length > 0) parts.push(`running: ${some(running)}`);
  const suspended = withStatus('SUSPEND');
  if (suspended.length > 0) parts.push(`suspended: ${some(suspended)} (\`clic continue\` lets it go on)`);
  if (stages.some(({ status, statusSource }) => statusSource === 'times' && !isFinal(status))) {
    parts.push(
      'this master does not report failures, so a stage that died still looks as if it ran or waited',
    );
  }
  return parts.join('; ');
}

/** @throws TaskFailedError the task has ended with FAILED */
export function requireCompleted(snapshot: Snapshot): void {
  if (snapshot.task.status === 'FAILED') throw taskFailed(snapshot);
}

/** The error for a task that has ended with FAILED. */
function taskFailed({ task, stages }: Snapshot): TaskFailedError {
  const failed = stages.filter(({ status }) => status === 'FAILED');
  const never = stages.filter(({ status }) => status === 'WAITING' || status === 'SUSPEND').length;
  const parts = [`the task ${task.name} has failed`];
  if (failed.length > 0) parts.push(`failed: ${some(failed.map(failedStage))}`);
  if (never > 0) parts.push(`${never} stage${never === 1 ? '' : 's'} never ran`);
  return new TaskFailedError(parts.join('; '), {
    hint: `\`clic stages ${task.name} --wide\` shows its stages`,
  });
}

function failedStage({ id, failure }: StageInfo): string {
  return failure === null ? id : `${id} (${failure})`;
}

function some(ids: readonly string[]): string {
  const more = ids.length - NAMED;
  return more > 0 ? `${ids.slice(0, NAMED).join(', ')} and ${more} more` : ids.join(', ');
}
