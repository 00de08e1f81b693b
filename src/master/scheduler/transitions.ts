import type { StageExit } from '../executor/executor.ts';
import type { StageRecord } from './records.ts';

/*
 * The states of a stage. `live` says that a program of the stage may be running, which is a matter of its own:
 * a program that has reported its completion goes on for a while.
 *
 * WAITING    Not live. Ready when every parent is PREPARED or COMPLETED, `notBefore` is over and the task has not
 *            FAILED; a ready stage is launched when there is room -> RUNNING. Suspended by the user -> SUSPEND.
 * SUSPEND    Not live, never ready. Continued by the user -> WAITING.
 * RUNNING    Live. Reports that its output can be read -> PREPARED, or that it is done -> COMPLETED.
 *            Exits with 0 -> COMPLETED. Exits otherwise, or can't be started: while there are retries left
 *            -> WAITING with a pause, else -> FAILED. Interrupted by a shutdown, or lost after a master that started
 *            later had taken it up -> WAITING: each start of a master forgives an attempt once.
 * PREPARED   Live; its children are released. Leaves as RUNNING does. Going back to WAITING it holds back the
 *            children that were not launched yet.
 * COMPLETED  Final; its children are released. Live until its program exits; how it exits does not matter.
 * FAILED     Final. Not live.
 *
 * Once the task has FAILED, nothing is launched, so no stage goes back to WAITING: what would, becomes FAILED.
 * A live descendant of a failed stage is being stopped: it carries `failure`, is deaf to its program's reports, and
 * is FAILED when it exits, however it exits.
 */

/** True when nothing in this stage holds back its children. */
export function releasesChildren(stage: StageRecord): boolean {
  return stage.status === 'PREPARED' || stage.status === 'COMPLETED';
}

/** True while the stage's program can report, be stopped and fail. */
export function isUnderWay(stage: StageRecord): boolean {
  return (stage.status === 'RUNNING' || stage.status === 'PREPARED') && stage.failure === null;
}

/** Of a ready stage: its next attempt begins. */
export function launched(stage: StageRecord, now: number): StageRecord {
  return {
    ...stage,
    status: 'RUNNING',
    attempt: stage.attempt + 1,
    live: true,
    takenUp: false,
    notBefore: null,
    startTime: now,
    completeTime: null,
    failure: null,
  };
}

/** A master that has just started follows the live attempt. */
export function takenUp(stage: StageRecord): StageRecord {
  return stage.takenUp ? stage : { ...stage, takenUp: true };
}

/** The program says that its output can be read. Null when that is no news. */
export function prepared(stage: StageRecord): StageRecord | null {
  return stage.status === 'RUNNING' && isUnderWay(stage) ? { ...stage, status: 'PREPARED' } : null;
}

/** The program says that it is done. Null when that is no news. */
export function completed(stage: StageRecord, now: number): StageRecord | null {
  return isUnderWay(stage) ? { ...stage, status: 'COMPLETED', completeTime: now } : null;
}

/** Null for a stage that is not WAITING. */
export function suspended(stage: StageRecord): StageRecord | null {
  return stage.status === 'WAITING' ? { ...stage, status: 'SUSPEND' } : null;
}

/** Null for a stage that is not suspended. */
export function continued(stage: StageRecord): StageRecord | null {
  return stage.status === 'SUSPEND' ? { ...stage, status: 'WAITING' } : null;
}

/** What decides whether a failed attempt is run again. */
export interface RetryRules {
  /** How often a stage may be run again after a failure. */
  readonly maxRetries: number;
  /** The pause before the first retry; it doubles with each. May be 0. */
  readonly retryDelayMs: number;
}

const RETRY_DELAY_MAX_MS = 5 * 60_000;

/** When the live attempt ended: as was noted, but not before it was started, nor in the future. */
export function endOf(stage: StageRecord, exit: StageExit, now: number): number {
  const noted = exit.kind === 'exited' ? exit.endedAt : undefined;
  return noted === undefined ? now : Math.min(now, Math.max(noted, stage.startTime ?? now));
}

/** The live attempt has ended. */
export function exited(
  stage: StageRecord,
  exit: StageExit,
  now: number,
  taskFailed: boolean,
  rules: RetryRules,
): StageRecord {
  const ended: StageRecord = { ...stage, live: false };
  const end = endOf(stage, exit, now);
  if (stage.status === 'COMPLETED') return ended;
  if (stage.failure !== null) return failed(ended, stage.failure, end);
  if (exit.kind === 'exited' && exit.exitCode === 0)
    return { ...ended, status: 'COMPLETED', completeTime: end };
  const failure = describe(exit);
  if (taskFailed) return failed(ended, failure, end);
  if (exit.kind === 'lost' && stage.takenUp) return { ...ended, status: 'WAITING', failure };
  if (stage.retryCount >= rules.maxRetries) return failed(ended, failure, end);
  const retryCount = stage.retryCount + 1;
  const delay = retryDelay(retryCount, rules);
  return { ...ended, status: 'WAITING', retryCount, notBefore: delay === 0 ? null : now + delay, failure };
}

/** The master shuts down, and the live attempt with it, which did not succeed. */
export function interrupted(stage: StageRecord, now: number, taskFailed: boolean): StageRecord {
  const ended: StageRecord = { ...stage, live: false };
  if (stage.status === 'COMPLETED') return ended;
  if (taskFailed) return failed(ended, stage.failure ?? 'stopped: the master was shut down', now);
  return { ...ended, status: 'WAITING' };
}

function failed(stage: StageRecord, failure: string, end: number): StageRecord {
  return { ...stage, status: 'FAILED', completeTime: end, failure };
}

function retryDelay(retry: number, rules: RetryRules): number {
  return Math.min(rules.retryDelayMs * 2 ** (retry - 1), RETRY_DELAY_MAX_MS);
}

function describe(exit: StageExit): string {
  switch (exit.kind) {
    case 'lost':
      return 'lost: how its program ended is unknown';
    case 'failed-to-start':
      return `could not start: ${exit.reason}`;
    case 'exited':
      if (exit.signal !== null) return `killed by ${exit.signal}`;
      return exit.exitCode === null ? 'ended without an exit code' : `exited with code ${exit.exitCode}`;
  }
}
