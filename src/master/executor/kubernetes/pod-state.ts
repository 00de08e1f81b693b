import { constants } from 'node:os';
import { integerOf, type Json, listOf, objectOf, textOf, timeOf } from '../../kubernetes/json.ts';

/** How a program ended in its pod. */
interface PodExit {
  readonly kind: 'exited';
  readonly exitCode: number | null;
  readonly signal: string | null;
  /** In milliseconds since 1970. */
  readonly endedAt?: number;
  readonly reason?: string;
}

type PodState =
  /** Its program does not run yet. `waitsFor` says why, where that is more than a moment. */
  | { readonly kind: 'pending'; readonly waitsFor: string | null }
  | { readonly kind: 'running' }
  | { readonly kind: 'ended'; readonly exit: PodExit }
  /** Taken from its node, and not by its own fault. */
  | { readonly kind: 'displaced'; readonly reason: string };

/** A pod as it was last seen. */
export interface SeenPod extends PodView {
  /** There is no such pod any more. */
  readonly isGone: boolean;
}

/** What is known of a pod. */
export interface PodView {
  readonly uid: string;
  readonly name: string;
  /** Of the Job that made it. */
  readonly jobName: string;
  /** The container whose program counts. */
  readonly container: string;
  /** Somebody has deleted it; its program is being stopped, or has been. */
  readonly isDeleted: boolean;
  readonly state: PodState;
}

/** Reasons of pods that have failed because of where they were, not of what they ran. */
const DISPLACED = new Set([
  'Evicted',
  'NodeLost',
  'NodeShutdown',
  'Terminated',
  'Shutdown',
  'Preempting',
  'Preempted',
]);
/** The kubelet has not let it run at all: another pod took the room, or the node changed. */
const REJECTED = /^(?:OutOf\w+|UnexpectedAdmissionError|NodeAffinity|NodePorts|TopologyAffinityError)$/;
/** What every pod goes through. */
const PASSING = new Set(['ContainerCreating', 'PodInitializing']);
const SIGNALS = new Map(Object.entries(constants.signals).map(([name, number]) => [number, name]));

/** Reads a pod as the API server gives it; null for what is no pod of a Job. */
export function podView(pod: Json): PodView | null {
  const metadata = objectOf(pod['metadata']);
  const labels = objectOf(metadata['labels']);
  const [uid, name] = [textOf(metadata['uid']), textOf(metadata['name'])];
  const jobName = textOf(labels['batch.kubernetes.io/job-name']) ?? textOf(labels['job-name']);
  if (uid === null || name === null || jobName === null) return null;
  const container = textOf(objectOf(listOf(objectOf(pod['spec'])['containers'])[0])['name']) ?? '';
  const isDeleted = textOf(metadata['deletionTimestamp']) !== null;
  return { uid, name, jobName, container, isDeleted, state: stateOf(objectOf(pod['status']), container) };
}

/** True where the program of one of these has begun to run. */
export function hasStarted(pods: readonly PodView[]): boolean {
  return pods.some(({ state }) => state.kind !== 'pending');
}

/** Why none of these runs its program; null where one does, or nothing is said. */
export function whyPending(pods: readonly PodView[]): string | null {
  if (hasStarted(pods)) return null;
  return (
    pods.map(({ state }) => (state.kind === 'pending' ? state.waitsFor : null)).find((why) => why !== null) ??
    null
  );
}

/** The state of the program of a pod: of its first container, beside which others may run. */
function stateOf(status: Json, main: string): PodState {
  const container = listOf(status['containerStatuses'])
    .map(objectOf)
    .find(({ name }) => name === main);
  const state = objectOf(container?.['state']);
  const terminated = objectOf(state['terminated']);
  const hasEnded = textOf(terminated['reason']) !== null || integerOf(terminated['exitCode']) !== null;
  const hasFailed = status['phase'] === 'Failed';
  const exit = hasEnded ? exitOf(terminated, status) : null;
  if (exit?.exitCode === 0) return { kind: 'ended', exit };
  if (hasEnded || hasFailed) {
    const displaced = displacementOf(status);
    if (displaced !== null) return { kind: 'displaced', reason: displaced };
    return { kind: 'ended', exit: exit ?? failureBefore(status) };
  }
  if (isSet(state['running'])) return { kind: 'running' };
  return { kind: 'pending', waitsFor: waitsFor(status, state) };
}

function isSet(value: unknown): boolean {
  return typeof value === 'object' && value !== null;
}

/** By custom, 128 and a number stand for a signal: a container's runtime gives no more. */
function exitOf(terminated: Json, status: Json): PodExit {
  const code = integerOf(terminated['exitCode']);
  const number = integerOf(terminated['signal']) ?? (code !== null && code > 128 ? code - 128 : 0);
  const signal = SIGNALS.get(number) ?? null;
  const endedAt = timeOf(terminated['finishedAt']);
  const why = textOf(terminated['reason']);
  const reason = why === 'Completed' || why === 'Error' ? textOf(status['reason']) : why;
  const message =
    why === 'Completed' || why === 'Error' || why === 'OOMKilled' ? null : textOf(terminated['message']);
  return {
    kind: 'exited',
    exitCode: signal === null ? code : null,
    signal,
    ...(endedAt === null ? {} : { endedAt }),
    ...(reason === null ? {} : { reason: message === null ? reason : `${reason}: ${message}` }),
  };
}

/** Of a pod whose program never ran. */
function failureBefore(status: Json): PodExit {
  const failed = listOf(status['initContainerStatuses'])
    .map(objectOf)
    .map(({ name, state }) => ({ name: textOf(name), terminated: objectOf(objectOf(state)['terminated']) }))
    .find(({ terminated }) => (integerOf(terminated['exitCode']) ?? 0) !== 0);
  if (failed !== undefined) {
    const exit = exitOf(failed.terminated, status);
    const more = exit.reason === undefined ? '' : `: ${exit.reason}`;
    return { ...exit, reason: `its init container ${failed.name ?? ''}${more}` };
  }
  const reason = [textOf(status['reason']), textOf(status['message'])]
    .filter((text) => text !== null)
    .join(': ');
  return { kind: 'exited', exitCode: null, signal: null, ...(reason === '' ? {} : { reason }) };
}

function displacementOf(status: Json): string | null {
  const condition = conditionOf(status, 'DisruptionTarget');
  const message = textOf(status['message']);
  if (condition?.['status'] === 'True')
    return phrase(textOf(condition['reason']) ?? 'DisruptionTarget', textOf(condition['message']) ?? message);
  const reason = textOf(status['reason']);
  if (reason === null || !(DISPLACED.has(reason) || REJECTED.test(reason))) return null;
  return phrase(reason, message);
}

/** Why a pod does not start. */
function waitsFor(status: Json, main: Json): string | null {
  const scheduled = conditionOf(status, 'PodScheduled');
  if (scheduled?.['status'] === 'False')
    return `its pod can't be scheduled: ${textOf(scheduled['message']) ?? textOf(scheduled['reason']) ?? 'no reason is given'}`;
  const inits = listOf(status['initContainerStatuses']).map((init) => objectOf(objectOf(init)['state']));
  for (const state of [main, ...inits]) {
    const waiting = objectOf(state['waiting']);
    const reason = textOf(waiting['reason']);
    if (reason !== null && !PASSING.has(reason))
      return `its container can't start: ${phrase(reason, textOf(waiting['message']))}`;
  }
  return null;
}

function conditionOf(status: Json, type: string): Json | undefined {
  return listOf(status['conditions'])
    .map(objectOf)
    .find((condition) => condition['type'] === type);
}

function phrase(reason: string, message: string | null): string {
  return message === null ? reason : `${reason}: ${message}`;
}
