import { closeSync, constants, openSync, statSync } from 'node:fs';
import { Socket } from 'node:net';
import path from 'node:path';
import { PlanInvalidError, type Diagnostic } from '../../../model/diagnostic.ts';
import { NotFoundError } from '../../../model/errors.ts';
import { EXECUTORS } from '../../../plan/executors.ts';
import { type LoadOptions, loadPlan, loadPlanFrom, loadPlanText } from '../../../plan/load.ts';
import type { Arguments } from '../../command-line/arguments.ts';
import type { Context } from '../../context.ts';
import { exitCodeOf } from '../../exit-codes.ts';
import { formatDiagnostics } from '../../output/diagnostics.ts';
import { LINT_FORMATS } from '../../output/lint-formats.ts';
import { readPlanName } from '../../submit/read-plan.ts';
import { readStdinPlan, STDIN } from '../../submit/stdin-plan.ts';

/** Findings are the data. Exits with the status of an invalid plan when there is an error among them. */
export async function run(args: Arguments, context: Context): Promise<number> {
  const format = await context.format(LINT_FORMATS);
  const name = args.text('name');
  const planName = name === undefined ? undefined : await readPlanName(name, context);
  const word = args.text('executor');
  const executor = EXECUTORS.find((one) => one === word);
  const diagnostics: Diagnostic[] = [];
  for (const file of args.list('planDagPath')) {
    const found = await lintFile(file, { planName, executor }, context);
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
  options: LoadOptions,
  { io, signal }: Context,
): Promise<readonly Diagnostic[]> {
  const file = given === '-' ? STDIN : path.resolve(io.cwd, given);
  try {
    if (given === '-') return (await loadPlanText(await readStdinPlan(io), STDIN, options)).diagnostics;
    const pipe = readPipe(file, signal);
    const load = pipe === null ? loadPlan(file, options) : loadPlanFrom(pipe, file, options);
    return (await load).diagnostics;
  } catch (error) {
    if (!(error instanceof NotFoundError) && !(error instanceof PlanInvalidError)) throw error;
    return [{ severity: 'error', rule: 'unreadable-plan', message: error.message, file, line: 1, column: 1 }];
  }
}

/**
 * What comes out of a named pipe, or out of one that a shell made for `<(…)`, up to the end of its writers; null where `path`
 * is something else. Aborting `signal` lets go of it, also while no writer has come.
 */
function readPipe(file: string, signal: AbortSignal): AsyncIterable<unknown> | null {
  let isPipe: boolean;
  try {
    isPipe = statSync(file).isFIFO();
  } catch {
    // Whoever reads it as a file says why.
    return null;
  }
  if (!isPipe) return null;
  // Without O_NONBLOCK, opening waits for a writer, and nothing can end that.
  const fd = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    return new Socket({ fd, readable: true, writable: false, signal });
  } catch (error) {
    closeSync(fd);
    throw error;
  }
}

function shown(file: string, cwd: string): string {
  if (file === STDIN) return file;
  const relative = path.relative(cwd, file);
  return relative.startsWith('..') || path.isAbsolute(relative) ? file : relative;
}
