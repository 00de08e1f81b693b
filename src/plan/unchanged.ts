import { createHash } from 'node:crypto';
import { type LoadedPlan, checkPlan } from './check.ts';
import { type DagIo, readAtOnce } from './dag-files.ts';
import { type LoadOptions, MAX_PLAN_BYTES, dagFiles } from './load.ts';
import { readTextFile } from './read-file.ts';

/** What a plan was made of: digests of its text, and of those of the physical DAGs that it names, by their paths. */
export interface PlanContent {
  readonly text: string;
  readonly dags: readonly (readonly [path: string, digest: string])[];
}

/** A plan that was read, and what it was made of. */
export interface PlanOfContent extends LoadedPlan {
  readonly content: PlanContent;
}

/**
 * What `loadPlan` gives, or null where the plan's file and physical DAGs are still what is known of them: all that decides what
 * a check finds beside the path and the options, which have to be those that `known` was found with. Files are read
 * each time.
 * @throws NotFoundError @throws PlanInvalidError as loadPlan
 */
export async function loadIfChanged(
  path: string,
  known: PlanContent | null,
  options: LoadOptions = {},
): Promise<PlanOfContent | null> {
  const { maxBytes = MAX_PLAN_BYTES } = options;
  const io = dagFiles(maxBytes);
  const text = await readTextFile(path, 'plan', maxBytes);
  const textDigest = digest(text);
  const read = new Map<string, string>();
  if (known?.text === textDigest && (await areUnchanged(known.dags, io, read))) return null;
  const dags: [string, string][] = [];
  const readDag = async (dagPath: string): Promise<string> => {
    const dag = read.get(dagPath) ?? (await io.readDag(dagPath));
    dags.push([dagPath, digest(dag)]);
    return dag;
  };
  const loaded = await checkPlan(text, path, { readDag }, options);
  return { ...loaded, content: { text: textDigest, dags } };
}

/** Puts the texts that it reads into `read`. */
async function areUnchanged(
  dags: PlanContent['dags'],
  io: DagIo,
  read: Map<string, string>,
): Promise<boolean> {
  if (dags.length === 0) return true;
  const paths = dags.map(([path]) => path);
  for (const [path, dag] of await readAtOnce(paths, (file) => io.readDag(file).catch(() => null))) {
    if (dag !== null) read.set(path, dag);
  }
  return dags.every(([path, known]) => {
    const dag = read.get(path);
    return dag !== undefined && digest(dag) === known;
  });
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('base64');
}
