import type { StageExit } from '../executor/executor.ts';
import type { StageFailure, StageOutline, StageState } from '../state/records.ts';

/*
 * The states of a stage. `live` says that a program of the stage may be running.
 *
 * WAITING    Not live. Ready when every parent is PREPARED or COMPLETED, `notBefore` is over and the task has not
 *            FAILED; a ready stage is launched when there is room -> RUNNING. Suspended by the user -> SUSPEND.
 * SUSPEND    Not live, never ready. Continued by the user -> WAITING.
 * RUNNING    Live. Reports that its output can be read -> PREPARED. How it leaves: see `exited`.
 * PREPARED   Live; its children are released. Leaves as RUNNING does. Going back to WAITING it holds back the
 *            children that were not launched yet.
 * COMPLETED  Final; its children are released. Not live.
 * FAILED     Final. Not live.
 *
 * Once the task has FAILED, nothing is launched, so no stage goes back to WAITING: what would, becomes FAILED.
 * A live stage with a `stopReason` is being stopped: its reports count no more, and its attempt has failed for that
 * reason, however it exits.
 */

/** True when nothing in this stage holds back its children. */
export function releasesChildren(stage: StageState): boolean {
  return stage.status === 'PREPARED' || stage.status === 'COMPLETED';
}

/** True while the stage's program can report, be stopped and fail. */
export function isUnderWay(stage: StageState): boolean {
  return stage.live && stage.stopReason === null;
}

/** Of a ready stage: its next attempt begins. It is counted now, so that what kills its master comes to an end, too. */
export function launched(stage: StageState, now: number): StageState {
  return {
    ...stage,
    status: 'RUNNING',
    attempt: stage.attempt + 1,
    live: true,
    recovered: false,
    reportedTime: null,
    overdue: false,
    notBefore: null,
    firstStartTime: stage.firstStartTime ?? now,
    startTime: now,
    completeTime: null,
  };
}

/** A master that has just started follows the live attempt. */
export function recovered(stage: StageState): StageState {
  return stage.recovered ? stage : { ...stage, recovered: true };
}

/** The program says that its output can be read. Null when that is no news. */
export function prepared(stage: StageState): StageState | null {
  return isUnderWay(stage) && stage.status === 'RUNNING' ? { ...stage, status: 'PREPARED' } : null;
}

/**
 * The program says that it is done. Whether that is true is seen when it has ended: until then, nothing is released that it
 * has not called prepared. Null when that is no news.
 */
export function reported(stage: StageState, now: number): StageState | null {
  return isUnderWay(stage) && stage.reportedTime === null ? { ...stage, reportedTime: now } : null;
}

/** Null for a stage that is not WAITING. */
export function suspended(stage: StageState): StageState | null {
  return stage.status === 'WAITING' ? { ...stage, status: 'SUSPEND' } : null;
}

/** Null for a stage that is not suspended. */
export function continued(stage: StageState): StageState | null {
  return stage.status === 'SUSPEND' ? { ...stage, status: 'WAITING' } : null;
}

/** What decides whether a failed attempt is run again, where the plan does not. */
export interface RetryRules {
  /** How often a stage may be run again after a failure. */
  readonly maxRetries: number;
  /** The pause before the first retry; it doubles with each. May be 0. */
  readonly retryDelayMs: number;
}

/** Where the plan says nothing of pauses. */
const RETRY_DELAY_MAX_MS = 5 * 60_000;
/** Where it does, and sets no bound. */
const LONGEST_PAUSE_MS = 365 * 24 * 60 * 60_000;
/** So often an attempt that suffered from its master's absence is run again without costing a retry. */
const FREE_LOSSES = 1;
/** So often an attempt that was taken away from its node is run again without costing a retry: a drain of every node, and then some. */
const FREE_DISPLACEMENTS = 10;
/** What shells, and `env` and its like, exit with where there is no such program, or it can't be run (POSIX, sh, EXIT STATUS). */
const NOT_FOUND = 127;
const NOT_EXECUTABLE = 126;

/** When the live attempt ended: as was noted, but not before it was started, nor in the future. */
export function endOf(stage: StageState, exit: StageExit, now: number): number {
  const noted = exit.kind === 'exited' ? exit.endedAt : undefined;
  return noted === undefined ? now : Math.min(now, Math.max(noted, stage.startTime ?? now));
}

/**
 * True when the end of the live attempt completes the stage, if its results are there: one of CLIC's executors has reported
 * that it is done, any other program says so by its exit code. What has reported it, and was then stopped for taking too
 * long to end, or vanished with its master, has completed as well.
 */
export function completes(stage: StageState, outline: StageOutline, exit: StageExit): boolean {
  if (!isUnderWay(stage)) return false;
  const hasReported = stage.reportedTime !== null;
  if (exit.kind === 'exited' && exit.exitCode === 0) return hasReported || !outline.reports;
  return hasReported && (stage.overdue || exit.kind === 'lost');
}

/** How the live attempt ended, and what is known of its results. */
export interface Ended {
  readonly exit: StageExit;
  readonly missing: string | null;
  readonly isShort: boolean;
}

/** What a stage becomes by the end of its live attempt. */
export function exited(
  stage: StageState,
  outline: StageOutline,
  { exit, missing, isShort }: Ended,
  now: number,
  taskFailed: boolean,
  rules: RetryRules,
): StageState {
  const end = endOf(stage, exit, now);
  const isComplete = completes(stage, outline, exit);
  if (isComplete && missing === null) return completed(stage, end);
  const ended = over(stage);
  const failure: StageFailure = {
    attempt: stage.attempt,
    reason: isComplete ? `its result ${missing ?? ''} is not there` : reasonOf(stage, exit),
    hasLog: exit.kind !== 'failed-to-start',
  };
  if (taskFailed) return failed(ended, failure, end);
  const isLoss = exit.kind === 'lost' || (stage.recovered && isUnreported(stage, outline, exit));
  const lossCount = stage.lossCount + Number(isLoss);
  if (isLoss && stage.recovered && stage.lossCount < FREE_LOSSES)
    return { ...ended, status: 'WAITING', lossCount, failure };
  if (isShort) return { ...ended, status: 'WAITING', failure };
  const displacedCount = stage.displacedCount + Number(exit.kind === 'displaced');
  if (exit.kind === 'displaced' && stage.displacedCount < FREE_DISPLACEMENTS)
    return { ...ended, status: 'WAITING', displacedCount, failure };
  const delay = isFinal(exit) ? null : retryDelay(stage, outline, now, rules);
  if (delay === null) return failed({ ...ended, lossCount, displacedCount }, failure, end);
  return {
    ...ended,
    status: 'WAITING',
    retryCount: stage.retryCount + 1,
    lossCount,
    displacedCount,
    notBefore: delay === 0 ? null : now + delay,
    failure,
  };
}

/** True of one of CLIC's executors that ended well and did not report; when no master listened, it could not. */
function isUnreported(stage: StageState, outline: StageOutline, exit: StageExit): boolean {
  return exit.kind === 'exited' && exit.exitCode === 0 && outline.reports && isUnderWay(stage);
}

/**
 * The master shuts down, and the live attempt with it. One that had reported its completion is left to the next master,
 * which looks for its results.
 */
export function interrupted(stage: StageState, now: number, taskFailed: boolean): StageState {
  if (isUnderWay(stage) && stage.reportedTime !== null) return stage;
  if (!taskFailed) return { ...over(stage), status: 'WAITING' };
  const reason = stage.stopReason ?? 'stopped: the master was shut down';
  return failed(over(stage), { attempt: stage.attempt, reason, hasLog: true }, now);
}

/** Why a stage that ran when its task failed has failed itself. */
export function stopping(stage: StageState, reason: string): StageState {
  return { ...stage, stopReason: reason };
}

function over(stage: StageState): StageState {
  return { ...stage, live: false, recovered: false, reportedTime: null, overdue: false, stopReason: null };
}

function completed(stage: StageState, end: number): StageState {
  return { ...over(stage), status: 'COMPLETED', completeTime: end, failure: null };
}

function failed(stage: StageState, failure: StageFailure, end: number): StageState {
  return { ...stage, status: 'FAILED', completeTime: end, failure };
}

/** True where every further try would end the same way. */
function isFinal(exit: StageExit): boolean {
  if (exit.kind === 'failed-to-start') return exit.isFinal;
  return exit.kind === 'exited' && (exit.exitCode === NOT_FOUND || exit.exitCode === NOT_EXECUTABLE);
}

/** The pause before the next attempt, in milliseconds; null when there is none any more. */
function retryDelay(
  stage: StageState,
  { retry }: StageOutline,
  now: number,
  rules: RetryRules,
): number | null {
  if (stage.retryCount >= (retry?.limit ?? rules.maxRetries)) return null;
  const first = retry?.delayMs ?? rules.retryDelayMs;
  const grown = first === 0 ? 0 : first * (retry?.factor ?? 2) ** stage.retryCount;
  const longest = typeof retry?.delayMs === 'number' ? LONGEST_PAUSE_MS : RETRY_DELAY_MAX_MS;
  const delay = Math.round(Math.min(grown, retry?.maxDelayMs ?? longest));
  const within = retry?.maxDurationMs ?? Infinity;
  return now + delay - (stage.firstStartTime ?? now) > within ? null : delay;
}

function reasonOf(stage: StageState, exit: StageExit): string {
  if (stage.stopReason !== null) return stage.stopReason;
  switch (exit.kind) {
    case 'lost':
      return `lost: ${exit.reason ?? 'how its program ended is unknown'}`;
    case 'displaced':
      return `taken away from its node: ${exit.reason}`;
    case 'failed-to-start':
      return `could not start: ${exit.reason}`;
    case 'exited':
      return `${howItExited(exit)}${exit.reason === undefined ? '' : ` (${exit.reason})`}${stage.reportedTime === null ? '' : ' after it had reported its completion'}`;
  }
}

function howItExited(exit: Extract<StageExit, { kind: 'exited' }>): string {
  if (exit.signal !== null) return `killed by ${exit.signal}`;
  switch (exit.exitCode) {
    case null:
      return 'ended without an exit code';
    case 0:
      return 'ended without reporting that it has completed';
    case NOT_FOUND:
      return `exited with code ${NOT_FOUND}: a command was not found`;
    case NOT_EXECUTABLE:
      return `exited with code ${NOT_EXECUTABLE}: a command can't be run`;
    default:
      return `exited with code ${exit.exitCode}`;
  }
}
