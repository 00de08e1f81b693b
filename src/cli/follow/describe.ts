import {
  InterruptedError,
  TaskFailedError,
  UnreachableError,
  WaitTimeoutError,
  type ClicError,
} from '../../model/errors.ts';
import type { StageInfo } from '../../model/views.ts';
import { isRunning, listed, nameOf, skippedBecauseOf, waiting } from '../output/stage-words.ts';
import { NO_STAGES } from '../output/task-detail.ts';
import { clockTime, durationText } from '../output/times.ts';
import type { Silence } from './silence.ts';
import { isStageFinal, type Snapshot } from './snapshot.ts';

/** What is known of a task that has not ended, in a sentence. */
export function describeState({ task, stages }: Snapshot): string {
  const namesOf = (matches: (stage: StageInfo) => boolean): string[] => stages.filter(matches).map(nameOf);
  const done = stages.filter(({ status }) => status === 'COMPLETED').length;
  const parts = [`it is ${task.status}, ${done} of ${stages.length} stages are completed`];
  const running = namesOf(isRunning);
  if (running.length > 0) parts.push(`running: ${listed(running)}`);
  const suspended = namesOf(({ status }) => status === 'SUSPEND');
  if (suspended.length > 0) parts.push(`suspended: ${listed(suspended)} (\`clic continue\` lets it go on)`);
  const held = heldBack(stages);
  if (held.length > 0) parts.push(`waiting: ${listed(held)}`);
  if (stages.some(({ status, statusSource }) => statusSource === 'times' && !isStageFinal(status))) {
    parts.push(
      'this master does not report failures, so a stage that died still looks as if it ran or waited',
    );
  }
  return parts.join('; ');
}

/** `a, b (waits for a free slot)` for each reason. What waits for its parents waits for stages that are told of already. */
function heldBack(stages: readonly StageInfo[]): string[] {
  const names = new Map<string, string[]>();
  for (const stage of stages) {
    if (stage.status !== 'WAITING' || stage.waitsFor === null || stage.waitsFor.startsWith('parents: '))
      continue;
    const why = waiting(stage);
    names.set(why, [...(names.get(why) ?? []), nameOf(stage)]);
  }
  return [...names].map(([why, waiters]) => `${listed(waiters)} (${why})`);
}

/** @throws TaskFailedError the task has failed, or has ended without a stage */
export function requireCompleted(snapshot: Snapshot): void {
  const { task } = snapshot;
  if (task.status === 'FAILED') throw taskFailed(snapshot);
  if (task.stageCount > 0) return;
  throw new TaskFailedError(`the task ${task.name} is ${task.status} without a stage: ${NO_STAGES}`, {
    hint: 'the path of the plan has to be one that the master can open; `clic lint` checks what is in it',
  });
}

/** The error for a task that has ended with FAILED: which stages failed, why, and what was skipped because of that. */
function taskFailed({ task, stages }: Snapshot): TaskFailedError {
  const failed = stages.filter(({ status }) => status === 'FAILED');
  const lines = failed.slice(0, DETAILED).flatMap((stage) => failedStage(stage, stages));
  if (failed.length > DETAILED) lines.push(`and ${failed.length - DETAILED} more stages failed`);
  const explained = new Set(failed.flatMap((stage) => skippedBecauseOf(stage, stages)));
  const others = stages.filter((stage) => stage.status === 'SKIPPED' && !explained.has(stage));
  if (others.length > 0) lines.push(`did not start any more: ${listed(others.map(nameOf))}`);
  const running = stages.filter(isRunning);
  if (running.length > 0) lines.push(`goes on to its end: ${listed(running.map(nameOf))}`);
  const why = task.failure === null ? '' : `: ${task.failure}`;
  return new TaskFailedError([`the task ${task.name} has failed${why}`, ...lines].join('\n  '), {
    hint: `\`clic task ${task.name}\` shows its stages`,
  });
}

/** So many failed stages are told of at length. */
const DETAILED = 5;

function failedStage(stage: StageInfo, stages: readonly StageInfo[]): string[] {
  const { failure, attempt, log } = stage;
  const after = attempt !== null && attempt > 1 ? ` (attempt ${attempt})` : '';
  const skipped = skippedBecauseOf(stage, stages);
  return [
    `${nameOf(stage)}: ${failure ?? 'failed, and the master does not say why'}${after}`,
    ...(log === null ? [] : [`  log: ${log}`]),
    ...(skipped.length === 0 ? [] : [`  skipped because of it: ${listed(skipped.map(nameOf))}`]),
  ];
}

/** The error for a wait that a signal has ended. @param reason the signal's */
export function interruptedWait(reason: unknown, taskName: string): unknown {
  if (!(reason instanceof InterruptedError)) return reason;
  return new InterruptedError(reason.signal, `interrupted; the task ${taskName} goes on`, {
    hint: `\`clic wait ${taskName}\` comes back to it`,
  });
}

/** The error for a wait whose time is over: UnreachableError where the master was never reached, so nothing is known of the task. */
export function waitIsOver(wait: {
  readonly taskName: string;
  readonly timeoutMs: number;
  readonly last: Snapshot | null;
  readonly silence: Silence;
}): ClicError {
  const { taskName, last, silence } = wait;
  const { since, lastError } = silence;
  const time = wait.timeoutMs % 1000 === 0 ? durationText(wait.timeoutMs) : `${wait.timeoutMs}ms`;
  if (last === null && lastError !== null) {
    return new UnreachableError(
      `the master was not reached within ${time}, so nothing is known of ${taskName}: ${lastError.message}`,
      { hint: 'is it running? `clic config` shows which address is used', cause: lastError },
    );
  }
  const known = last === null ? 'nothing is known of it yet' : describeState(last);
  const state =
    last === null || since === null
      ? known
      : `the master has been unreachable since ${clockTime(since)}; last known: ${known}`;
  return new WaitTimeoutError(`${taskName} has not ended within ${time}: ${state}`, {
    hint: `it goes on; \`clic wait ${taskName}\` comes back to it`,
  });
}
