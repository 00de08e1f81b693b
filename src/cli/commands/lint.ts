import path from 'node:path';
import { PlanInvalidError, type Diagnostic } from '../../model/diagnostic.ts';
import { NotFoundError } from '../../model/errors.ts';
import { loadPlan, loadPlanFrom } from '../../plan/load.ts';
import type { Arguments } from '../arguments.ts';
import type { Context } from '../context.ts';
import { exitCodeOf } from '../exit-codes.ts';
import { formatDiagnostics } from '../output/diagnostics.ts';
import { LINT_FORMATS } from '../output/lint-formats.ts';
import { readPipe } from '../pipes.ts';
import { readPlanName } from '../submit/read-plan.ts';

/** The name of what `-` reads. */
const STDIN = '<stdin>';

/** Findings are the data. Exits with the status of an invalid plan when there is an error among them. */
export async function run(args: Arguments, context: Context): Promise<number> {
  const format = await context.format(LINT_FORMATS);
  const name = args.text('name');
  const planName = name === undefined ? undefined : await readPlanName(name, context);
  const diagnostics: Diagnostic[] = [];
  for (const file of args.list('planDagPath')) {
    const found = await lintFile(file, planName, context);
    // Shown as they were typed, so that they can be clicked and matched.
    diagnostics.push(...found.map((one) => ({ ...one, file: shown(one.file, context.io.cwd) })));
  }
  await context.io.stdout.write(formatDiagnostics(diagnostics, format));
  const errors = diagnostics.filter(({ severity }) => severity === 'error').length;
  const warnings = diagnostics.length - errors;
  if (diagnostics.length === 0) await context.note('no problems found');
  else await context.note(`${errors} error(s), ${warnings} warning(s)`);
  return errors > 0 ? exitCodeOf(new PlanInvalidError('the plan is not valid')) : 0;
}

/** A file that can't be read is a finding too: the others are still looked at. */
async function lintFile(
  given: string,
  planName: string | undefined,
  { io, signal }: Context,
): Promise<readonly Diagnostic[]> {
  const file = given === '-' ? STDIN : path.resolve(io.cwd, given);
  try {
    const pipe = given === '-' ? io.stdin() : readPipe(file, signal);
    const load = pipe === null ? loadPlan(file, { planName }) : loadPlanFrom(pipe, file, { planName });
    return (await load).diagnostics;
  } catch (error) {
    if (!(error instanceof NotFoundError) && !(error instanceof PlanInvalidError)) throw error;
    return [{ severity: 'error', rule: 'unreadable-plan', message: error.message, file, line: 1, column: 1 }];
  }
}

function shown(file: string, cwd: string): string {
  if (file === STDIN) return file;
  const relative = path.relative(cwd, file);
  return relative.startsWith('..') || path.isAbsolute(relative) ? file : relative;
}
