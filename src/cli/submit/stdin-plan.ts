import { createHash } from 'node:crypto';
import { rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { PlanInvalidError } from '../../model/diagnostic.ts';
import { errorMessage } from '../../model/errors.ts';
import { printable } from '../../model/printable.ts';
import { loadPlanText, MAX_PLAN_BYTES } from '../../plan/load.ts';
import { readText } from '../../plan/read-file.ts';
import type { Context } from '../context.ts';
import { OutputError, type Io } from '../io.ts';
import { requireRunnable } from './read-plan.ts';

/** What findings call a plan that comes over stdin. */
export const STDIN = '<stdin>';

/** The plan that comes over stdin. @throws PlanInvalidError too large, or not UTF-8 */
export function readStdinPlan(io: Io): Promise<string> {
  return readText(io.stdin(), STDIN, 'plan', MAX_PLAN_BYTES);
}

/**
 * Reads a plan from stdin, checks it unless `isChecked` is false, and stores it where a master can open it: in the working
 * directory, since that is where a plan's relative paths are meant from. Its name tells plan and content, so that the same plan
 * again is the same file. Only its owner may read it, as what is in a pipe is often not for everybody. It stays: a Java master
 * opens it after it has answered.
 * @returns the absolute path
 * @throws PlanInvalidError, OutputError
 */
export async function storeStdinPlan(
  planName: string,
  isChecked: boolean,
  context: Context,
): Promise<string> {
  const { io } = context;
  const text = await readStdinPlan(io);
  const digest = createHash('sha256').update(text).digest('hex').slice(0, 8);
  const file = path.join(io.cwd, `${planName}-${digest}.yaml`);
  if (isChecked) {
    const { diagnostics } = await loadPlanText(text, file, { planName });
    const found = diagnostics.map((one) => (one.file === file ? { ...one, file: STDIN } : one));
    await requireRunnable(STDIN, found, context);
  }
  await store(file, text);
  await context.note(`the plan from stdin is stored as ${printable(file)}, which the master opens`);
  return file;
}

/** Written aside first: nobody opens half a plan, and what stands there under that name is replaced, not followed. */
async function store(file: string, text: string): Promise<void> {
  const aside = `${file}.${process.pid}`;
  try {
    await writeFile(aside, text, { mode: 0o600, flag: 'wx' });
    await rename(aside, file);
  } catch (error) {
    await rm(aside, { force: true }).catch(() => undefined);
    throw new OutputError(`the plan from stdin can't be stored as ${file}: ${errorMessage(error)}`, {
      hint: 'call clic in a folder that you may write to and the master can read',
      cause: error,
    });
  }
}

/**
 * The master's refusal of such a plan: what it has found in it, or, where it names no place in it, what may keep it from opening
 * it. The file is removed, as nobody will open it.
 */
export async function refusedStdinPlan(file: string, error: PlanInvalidError): Promise<PlanInvalidError> {
  await rm(file, { force: true }).catch(() => undefined);
  const isOpened = error.message.includes(`${file}:`);
  const message = error.message.replaceAll(file, STDIN);
  if (isOpened) return new PlanInvalidError(message, error.diagnostics, { hint: error.hint, cause: error });
  return new PlanInvalidError(error.message, error.diagnostics, {
    hint: 'a master on another machine, or of another user, can not open it: submit it by a path that the master can read',
    cause: error,
  });
}
