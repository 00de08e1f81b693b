import type { StageInfo } from '../../model/views.ts';
import { clockTime } from './times.ts';

/** What people call a stage: the plan's own name of it, or its id where the master does not say. */
export function nameOf({ name, id }: Pick<StageInfo, 'name' | 'id'>): string {
  return name ?? id;
}

/**
 * The stages with what they really are: those of a task that has failed which have not run are SKIPPED, also where an older
 * master of ours still calls them WAITING or SUSPEND. It has no other sign that the task has failed than a failed stage.
 */
export function settled(stages: readonly StageInfo[]): readonly StageInfo[] {
  if (!stages.some(({ status, statusSource }) => status === 'FAILED' && statusSource === 'master'))
    return stages;
  return stages.map((stage) => (isHeldBack(stage) && (stage.attempt ?? 0) === 0 ? skipped(stage) : stage));
}

/** The stage as one that will never run. */
export function skipped(stage: StageInfo): StageInfo {
  return { ...stage, status: 'SKIPPED', waitsFor: null };
}

/** True for a stage that has not started. */
export function isHeldBack({ status }: Pick<StageInfo, 'status'>): boolean {
  return status === 'WAITING' || status === 'SUSPEND';
}

export function isRunning({ status }: Pick<StageInfo, 'status'>): boolean {
  return status === 'RUNNING' || status === 'PREPARED';
}

/** For each stage that will not run, the failed ones that it comes after, however far. */
export type Causes = ReadonlyMap<string, readonly StageInfo[]>;

/** @param stages those of a task, as far as they are known */
export function causesOf(stages: readonly StageInfo[]): Causes {
  const causes = new Map<string, StageInfo[]>();
  for (const failed of stages.filter(({ status }) => status === 'FAILED')) {
    for (const { id } of skippedBecauseOf(failed, stages))
      causes.set(id, [...(causes.get(id) ?? []), failed]);
  }
  return causes;
}

/** The stages that come after one that has failed, however far, and will not run. */
export function skippedBecauseOf(failed: StageInfo, stages: readonly StageInfo[]): StageInfo[] {
  const byId = new Map(stages.map((stage) => [stage.id, stage]));
  const after = new Set(failed.children);
  // A set that grows while it is walked is walked to its end.
  for (const id of after) for (const child of byId.get(id)?.children ?? []) after.add(child);
  return stages.filter(({ id, status }) => after.has(id) && status === 'SKIPPED');
}

/**
 * Why a stage is where it is, in a few words: why it failed, what it waits for, which stage's failure keeps it from running,
 * why it runs again. Empty where nothing needs to be said.
 */
export function whyOf(stage: StageInfo, causes: Causes): string {
  const { id, status, failure, retryCount } = stage;
  const before = failure === null ? '' : ` (${failure})`;
  if (status === 'FAILED') return failure ?? '';
  if (status === 'SKIPPED') {
    const failed = causes.get(id);
    return failed === undefined ? 'its task has failed' : `${listed(failed.map(nameOf))} failed`;
  }
  if (isHeldBack(stage)) return `${waiting(stage)}${before}`.trim();
  return isRunning(stage) && retryCount > 0 ? `retry ${retryCount}${before}` : '';
}

/** What a stage that has not started waits for, in a few words; empty where the master does not say. */
export function waiting({ status, waitsFor, retryCount }: StageInfo): string {
  if (status === 'SUSPEND') return 'held back until `clic continue`';
  if (waitsFor === null) return retryCount > 0 ? `retry ${retryCount}` : '';
  const retryAt = /^retry at (\S+)$/.exec(waitsFor)?.[1];
  if (retryAt !== undefined) {
    const at = Date.parse(retryAt);
    return Number.isNaN(at) ? waitsFor : `retry at ${clockTime(at)}`;
  }
  return `waits for ${waitsFor.replace(/^parents: /, '')}`;
}

/** So many names stand in a sentence. */
const NAMED = 5;

/** `a, b, c, d, e and 3 more`. */
export function listed(names: readonly string[]): string {
  const more = names.length - NAMED;
  return more > 0 ? `${names.slice(0, NAMED).join(', ')} and ${more} more` : names.join(', ');
}

const COLORS: Readonly<Record<string, number>> = {
  NEW: 2,
  WAITING: 2,
  SKIPPED: 2,
  RUNNING: 36,
  PREPARED: 36,
  COMPLETED: 32,
  FAILED: 31,
  SUSPEND: 33,
};

/** The color of a status, as the number of the escape sequence; null for one that is not known. */
export function statusColor(status: string): number | null {
  return COLORS[status] ?? null;
}
