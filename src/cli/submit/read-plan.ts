import path from 'node:path';
import { PlanInvalidError, formatDiagnostic, type Diagnostic } from '../../model/diagnostic.ts';
import { NotFoundError, UsageError } from '../../model/errors.ts';
import { PLAN_NAME_MAX, planNameProblem } from '../../model/names.ts';
import { loadPlan } from '../../plan/load.ts';
import type { Context } from '../context.ts';
import { printableLines } from '../../model/printable.ts';

/** The name as the master gets it: lower case, which is told. @throws UsageError it can't name a plan */
export async function readPlanName(given: string, context: Context): Promise<string> {
  const name = given.toLowerCase();
  const problem = planNameProblem(name);
  if (problem !== null) {
    throw new UsageError(`${JSON.stringify(given)} can't name a plan: ${problem}`, {
      hint:
        name.length > PLAN_NAME_MAX
          ? `shorten it to ${PLAN_NAME_MAX} characters or less`
          : "use lower-case letters, digits and '-', such as word-count",
    });
  }
  if (name !== given) await context.note(`the plan is submitted as ${name}: names are lower case`);
  return name;
}

/**
 * The absolute path of the plan, checked before anything is sent unless `isChecked` is false.
 * @throws PlanInvalidError
 */
export async function readPlanFile(
  given: string,
  planName: string,
  isChecked: boolean,
  context: Context,
): Promise<string> {
  const file = path.resolve(context.io.cwd, given);
  if (!isChecked) return file;
  const { diagnostics } = await loadPlan(file, { planName }).catch((error: unknown) => {
    if (!(error instanceof NotFoundError)) throw error;
    throw new PlanInvalidError(error.message, [], {
      hint: 'if only the master sees that path, --no-lint submits it unseen',
      cause: error,
    });
  });
  await requireRunnable(file, diagnostics, context);
  return file;
}

/**
 * Tells the warnings. No way around is offered: our master checks a plan by the same rules, and what breaks one does not run
 * on a Java master either.
 * @throws PlanInvalidError the plan can't be run
 */
export async function requireRunnable(
  what: string,
  diagnostics: readonly Diagnostic[],
  context: Context,
): Promise<void> {
  const errors = diagnostics.filter(({ severity }) => severity === 'error');
  if (errors.length > 0) throw new PlanInvalidError(`${what} can't be run; nothing was sent`, errors);
  for (const warning of diagnostics) await context.note(printableLines(formatDiagnostic(warning)));
}
