import { type LoadedPlan, checkPlan } from './check.ts';
import { readTextFile } from './read-file.ts';

export type { LoadedPlan } from './check.ts';

/** How large a plan, or a physical DAG of one, may be. */
const MAX_BYTES = 10 * 1024 * 1024;

export interface LoadOptions {
  /** For the plan's file and for each physical DAG. 10 MiB where it is not given. */
  readonly maxBytes?: number | undefined;
  /** The plan's name: with it, every stage's id is checked to be a name that Kubernetes takes. */
  readonly planName?: string | undefined;
}

/**
 * Reads and checks a plan's file and the physical DAGs that it names.
 * @throws NotFoundError there is no file at `path`
 * @throws PlanInvalidError the file can't be read: no regular file, no permission, too large, not UTF-8
 */
export async function loadPlan(path: string, options: LoadOptions = {}): Promise<LoadedPlan> {
  const { maxBytes = MAX_BYTES, planName } = options;
  const text = await readTextFile(path, 'plan', maxBytes);
  const readDag = (file: string): Promise<string> => readTextFile(file, 'physical DAG', maxBytes);
  return checkPlan(text, path, { readDag }, { planName });
}
