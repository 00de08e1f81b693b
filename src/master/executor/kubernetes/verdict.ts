import type { StageExit } from '../executor.ts';
import type { JobView } from './job-state.ts';
import type { PodView, SeenPod } from './pod-state.ts';

/** How an attempt ended, as its executor reports it. */
export type Ending = StageExit extends infer Exit
  ? Exit extends StageExit
    ? Omit<Exit, 'stageId' | 'attempt'>
    : never
  : never;

/** What is known of an attempt. */
export interface Facts {
  readonly job: JobView | 'unknown' | 'gone';
  readonly pods: readonly SeenPod[];
  /** It was told to stop. */
  readonly isStopped: boolean;
  /** Its Job was left by another master: Kubernetes makes new pods for those of it that fail. */
  readonly isForeign: boolean;
  /** The server was asked for all of this just now; otherwise it is what came to be known, in any order. */
  readonly isCertain: boolean;
}

/** `wait`: it goes on. `look`: it seems to be over, and only the server can tell how. */
export type Verdict = 'wait' | 'look' | { readonly ending: Ending; readonly logOf: PodView | null };

export const NOT_STARTED = {
  kind: 'failed-to-start',
  reason: 'it was stopped before it ran',
  isFinal: false,
} as const satisfies Ending;
const JOB_DELETED = { kind: 'lost', reason: 'its Job was deleted' } as const satisfies Ending;
const POD_DELETED = { kind: 'displaced', reason: 'its pod was deleted' } as const satisfies Ending;

/** Whether an attempt is over, and how it ended. */
export function verdict(facts: Facts): Verdict {
  const { job, pods } = facts;
  for (const { state } of pods)
    if (state.kind === 'ended' && state.exit.exitCode === 0) return ended(state.exit);
  if (facts.isStopped) return verdictOnStopped(facts);
  const endsWithPod = !facts.isForeign || job === 'gone' || (job !== 'unknown' && job.end !== null);
  return (endsWithPod ? verdictOnPods(facts) : null) ?? verdictOnJob(facts);
}

/** It has ended when nothing of it is left. */
function verdictOnStopped({ job, pods }: Facts): Verdict {
  if (job !== 'gone' || !pods.every(({ isGone }) => isGone)) return 'wait';
  const state = pods.at(-1)?.state;
  return ended(state?.kind === 'ended' ? state.exit : NOT_STARTED);
}

function verdictOnPods({ job, pods, isCertain }: Facts): Verdict | null {
  for (const { state } of pods) if (state.kind === 'displaced') return ended(state);
  const over = pods.find(({ state }) => state.kind === 'ended');
  if (over?.state.kind === 'ended' && !over.isDeleted) return { ending: over.state.exit, logOf: over };
  if (over === undefined && (pods.length === 0 || !pods.every(({ isGone }) => isGone))) return null;
  // Somebody has deleted the pod: with its Job, or alone.
  if (!isCertain) return 'look';
  return ended(job === 'gone' || (job !== 'unknown' && job.isDeleted) ? JOB_DELETED : POD_DELETED);
}

function verdictOnJob({ job, pods, isCertain }: Facts): Verdict {
  if (job === 'unknown' || !pods.every(({ isGone }) => isGone)) return 'wait';
  const end = job === 'gone' ? null : job.end;
  if (job !== 'gone' && end === null) return 'wait';
  if (!isCertain) return 'look';
  if (end === null) return ended(JOB_DELETED);
  if (end.kind === 'failed')
    return ended({ kind: 'lost', reason: `its Job has failed, and its pod is gone: ${end.reason}` });
  const at = end.at === null ? {} : { endedAt: end.at };
  return ended({ kind: 'exited', exitCode: 0, signal: null, ...at });
}

function ended(ending: Ending): Verdict {
  return { ending, logOf: null };
}
