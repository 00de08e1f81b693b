import { platformOf, stageId } from '../../model/names.ts';
import type { ShownStatus } from '../../model/status.ts';
import { releasesChildren } from '../scheduler/transitions.ts';
import {
  NEW_STAGE,
  type PlanOutline,
  type StageSpec,
  type StageState,
  type TaskRecord,
} from '../state/records.ts';
import type { FoundStage } from './find.ts';
import type { StageView } from './interfaces.ts';
import { jobInfo } from './job-info.ts';

/** Parents that are named where a stage waits for them; more are counted. */
const NAMED = 3;

/** What a stage's view is made of, beside the stage itself. */
export interface StageParts {
  readonly state: StageState;
  /** Of the whole task, by place; null where it is over. */
  readonly states: readonly StageState[] | null;
  /** Why nothing is launched at present, or null. */
  readonly obstacle: string | null;
  /** Why an attempt that was started does not run yet. */
  readonly pendingFor: (stageId: string, attempt: number) => string | null;
  readonly logOf: (taskName: string, stageId: string, attempt: number) => string | null;
  /** What it runs; null when the task went meanwhile. */
  readonly spec: StageSpec | null;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** A stage as a master shows it. */
export function stageView({ task, outline, index }: FoundStage, parts: StageParts): StageView {
  const { state, spec } = parts;
  const idOf = (at: number): string => stageId(task.name, outline.stages[at]?.template ?? '', at + 1);
  const of = outline.stages[index];
  // What is being stopped has failed for that reason.
  const failure =
    state.stopReason === null
      ? state.failure
      : { attempt: state.attempt, reason: state.stopReason, hasLog: true };
  const id = idOf(index);
  return {
    id,
    name: of?.name ?? '',
    taskName: task.name,
    platform: platformOf(of?.template ?? ''),
    parents: (of?.dependencies ?? []).map(idOf),
    children: childrenOf(outline, index).map(idOf),
    startTime: state.startTime,
    completeTime: state.completeTime,
    status: shownStatus(task, state),
    retryCount: state.retryCount,
    attempt: state.attempt,
    failure: failure?.reason ?? null,
    log: failure?.hasLog === true ? parts.logOf(task.name, id, failure.attempt) : null,
    waitsFor:
      state.live && state.stopReason === null
        ? parts.pendingFor(id, state.attempt)
        : waitsFor(task, outline, index, parts),
    jobInfo: spec === null ? '' : jobInfo(id, spec),
  };
}

function shownStatus(task: TaskRecord, { status }: StageState): ShownStatus {
  const willNeverRun = task.status === 'FAILED' && (status === 'WAITING' || status === 'SUSPEND');
  return willNeverRun ? 'SKIPPED' : status;
}

function waitsFor(
  task: TaskRecord,
  outline: PlanOutline,
  index: number,
  { state, states, obstacle, now }: StageParts,
): string | null {
  if (task.status === 'FAILED') return null;
  if (state.status === 'SUSPEND') return 'suspended';
  if (state.status !== 'WAITING') return null;
  const parents = (outline.stages[index]?.dependencies ?? []).filter(
    (parent) => !releasesChildren(states?.[parent] ?? NEW_STAGE),
  );
  if (parents.length > 0) {
    const names = parents.slice(0, NAMED).map((parent) => outline.stages[parent]?.name ?? '');
    const more = parents.length > NAMED ? ` and ${parents.length - NAMED} more` : '';
    return `parents: ${names.join(', ')}${more}`;
  }
  if (state.notBefore !== null && state.notBefore > now)
    return `retry at ${new Date(state.notBefore).toISOString()}`;
  if (obstacle !== null) return obstacle;
  const { parallelism } = outline;
  const running = states?.filter(({ live }) => live).length ?? 0;
  if (parallelism !== null && running >= parallelism)
    return `the end of another stage: the plan's parallelism is ${parallelism}`;
  return 'a free slot';
}

const CHILDREN = new WeakMap<PlanOutline, readonly (readonly number[])[]>();

function childrenOf(outline: PlanOutline, index: number): readonly number[] {
  let all = CHILDREN.get(outline);
  if (all === undefined) {
    const children = outline.stages.map((): number[] => []);
    outline.stages.forEach(({ dependencies }, child) => {
      for (const parent of dependencies) children[parent]?.push(child);
    });
    all = children;
    CHILDREN.set(outline, all);
  }
  return all[index] ?? [];
}
