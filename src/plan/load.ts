import { type CheckOptions, type LoadedPlan, checkPlan } from './check.ts';
import type { DagIo } from './dag-files.ts';
import { readText, readTextFile } from './read-file.ts';

export type { LoadedPlan } from './check.ts';

/** How large a plan, or a physical DAG of one, may be, unless something else is said. Room for tens of thousands of stages. */
export const MAX_PLAN_BYTES = 4 * 1024 * 1024;

export interface LoadOptions extends CheckOptions {
  /** For the plan's file and for each physical DAG. MAX_PLAN_BYTES where it is not given. */
  readonly maxBytes?: number | undefined;
}

/**
 * Reads and checks a plan's file and the physical DAGs that it names.
 * @throws NotFoundError there is no file at `path`
 * @throws PlanInvalidError the file can't be read: no regular file, no permission, too large, not UTF-8
 */
export async function loadPlan(path: string, options: LoadOptions = {}): Promise<LoadedPlan> {
  const { maxBytes = MAX_PLAN_BYTES } = options;
  return loadPlanText(await readTextFile(path, 'plan', maxBytes), path, options);
}

/**
 * The same for a plan that comes in pieces from elsewhere than a file; `name` stands for it in findings.
 * @throws PlanInvalidError too large, not UTF-8
 */
export async function loadPlanFrom(
  chunks: AsyncIterable<unknown>,
  name: string,
  options: LoadOptions = {},
): Promise<LoadedPlan> {
  const { maxBytes = MAX_PLAN_BYTES } = options;
  return loadPlanText(await readText(chunks, name, 'plan', maxBytes), name, options);
}

/** The same for the text of a plan. @param file stands for it in findings */
export function loadPlanText(text: string, file: string, options: LoadOptions = {}): Promise<LoadedPlan> {
  const { maxBytes = MAX_PLAN_BYTES } = options;
  return checkPlan(text, file, dagFiles(maxBytes), options);
}

/** Physical DAGs, from their files. */
export function dagFiles(maxBytes: number): DagIo {
  return { readDag: (path) => readTextFile(path, 'physical DAG', maxBytes) };
}
