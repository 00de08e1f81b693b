import { FORMATS } from '../../../config/options.ts';
import { PlanInvalidError } from '../../../model/diagnostic.ts';
import { InterruptedError, OutcomeUnknownError, UsageError, errorMessage } from '../../../model/errors.ts';
import type { MasterClient } from '../../../model/master-client.ts';
import type { Arguments } from '../../command-line/arguments.ts';
import type { Context } from '../../context.ts';
import { requireCompleted } from '../../follow/describe.ts';
import { timeoutOf, watchTask } from '../../follow/watch-task.ts';
import type { Snapshot } from '../../follow/snapshot.ts';
import { OutputError, unlessClosed } from '../../io.ts';
import { orAborted } from '../../or-aborted.ts';
import { isJson } from '../../output/print.ts';
import { printable } from '../../../model/printable.ts';
import { findLost, findSubmitted, TaskUnknownError, tasksOfPlan } from '../../submit/find-task.ts';
import { runJar } from '../../submit/jar.ts';
import { readPlanFile, readPlanName } from '../../submit/read-plan.ts';
import { printSubmission, submittedSentence } from '../../submit/submission.ts';
import { refusedStdinPlan, storeStdinPlan } from '../../submit/stdin-plan.ts';
import { isJar } from './is-jar.ts';

/** `clic submit <planName> <planDagPath>` and `clic submit <planJarPath> [args…]`. */
export async function run(args: Arguments, context: Context): Promise<number> {
  const first = args.required('planName');
  const planDagPath = args.text('planDagPath');
  if (planDagPath === undefined) {
    if (isJar(first)) return runJar(first, args.rest, context);
    throw new UsageError(`<planDagPath> is missing: clic submit ${first} <planDagPath>`, {
      hint: 'a plan is submitted by its name and the path of its file, or by the path of a .jar',
    });
  }
  return submitPlan(first, planDagPath, args, context);
}

async function submitPlan(
  givenName: string,
  givenPath: string,
  args: Arguments,
  context: Context,
): Promise<number> {
  const timeoutMs = timeoutOf(args);
  const isWaiting = args.flag('wait') === true || args.flag('watch') === true;
  if (timeoutMs !== null && !isWaiting)
    throw new UsageError('--timeout limits a wait: it needs --wait or --watch');
  const { signal } = context;
  const { format, planName, file, client } = await orAborted(
    signal,
    prepare(givenName, givenPath, args, context),
  );

  const before = await tasksOfPlan(client, planName, signal);
  const lost = await send(client, planName, file, signal).catch(async (error: unknown) => {
    throw givenPath === '-' && error instanceof PlanInvalidError
      ? await refusedStdinPlan(file, error)
      : error;
  });
  const submission = { planName, planDagPath: file };
  const finding =
    lost === null
      ? findSubmitted(client, planName, before, signal)
      : findLost(client, planName, before, lost, signal);
  const found = await finding.catch(async (error: unknown) => {
    const told = unnamed(planName, error, lost);
    if (!(told instanceof TaskUnknownError)) throw told;
    // That it was submitted is certain, and data.
    await unlessClosed(printSubmission({ ...submission, candidates: told.candidates }, context, format));
    throw isWaiting ? notWaited(told) : told;
  });

  const { taskName, source } = found;
  if (source === 'list') await context.note(printable(inferred(planName)));
  const tell = (ended?: Snapshot | null): Promise<void> =>
    namingTask(taskName, printSubmission({ ...submission, ...found }, context, format, ended));
  if (!isWaiting) {
    await tell();
    return 0;
  }
  // One document can only be written when all of it is known.
  const isWhole = format === 'json' || format === 'yaml';
  if (isWhole) await context.note(submittedSentence({ planName, ...found }).trimEnd());
  else await unlessClosed(tell());
  let ended: Snapshot | null = null;
  try {
    const isQuiet = isJson(format);
    ended = await watchTask(context, { client, taskName, timeoutMs, progress: context.notes, isQuiet });
  } finally {
    if (isWhole) await unlessClosed(tell(ended));
  }
  requireCompleted(ended);
  return 0;
}

function notWaited(error: TaskUnknownError): TaskUnknownError {
  return new TaskUnknownError(`${error.message}; so none was waited for`, error.candidates, {
    hint: '`clic wait <taskName>` waits for one of them; submitting again would run the plan once more',
    cause: error,
  });
}

function inferred(planName: string): string {
  return (
    `the task is the only new one of ${planName}, which is how its name is known: this master does not tell who submitted a ` +
    `task, so where somebody else submitted ${planName} at the same moment, it may be theirs`
  );
}

/** Who can't read what was printed would submit again: the error says what was submitted. */
async function namingTask(taskName: string, output: Promise<void>): Promise<void> {
  try {
    await output;
  } catch (error) {
    if (!(error instanceof OutputError)) throw error;
    throw new OutputError(`${taskName} was submitted, but ${error.message}`, {
      hint: `\`clic task ${taskName}\` shows it; submitting again would run it twice`,
      cause: error,
    });
  }
}

/** All that comes before the master is asked. @throws UsageError, ConfigError, PlanInvalidError */
async function prepare(givenName: string, givenPath: string, args: Arguments, context: Context) {
  const format = await context.format(FORMATS);
  const planName = await readPlanName(givenName, context);
  const isChecked = args.flag('lint') !== false;
  const file =
    givenPath === '-'
      ? await storeStdinPlan(planName, isChecked, context)
      : await readPlanFile(givenPath, planName, isChecked, context);
  return { format, planName, file, client: await context.client() };
}

/** Null when the master has acknowledged it, or the error where its answer was lost. */
async function send(
  client: MasterClient,
  planName: string,
  file: string,
  signal: AbortSignal,
): Promise<OutcomeUnknownError | null> {
  try {
    await orAborted(signal, client.submitPlan(planName, file));
    return null;
  } catch (error) {
    if (error instanceof OutcomeUnknownError) return error;
    throw error instanceof InterruptedError ? interruptedSending(planName, error) : error;
  }
}

/** The request may be under way, so the master may have it. */
function interruptedSending(planName: string, { signal }: InterruptedError): InterruptedError {
  return new InterruptedError(signal, `interrupted: ${planName} may have been stored all the same`, {
    hint: 'look for it with `clic list` before you submit it again',
  });
}

/** Without an answer nothing is known. With one, the plan is stored, and nobody may take it for not submitted. */
function unnamed(planName: string, error: unknown, lost: OutcomeUnknownError | null): unknown {
  if (error instanceof OutcomeUnknownError) return error;
  if (lost !== null) return error instanceof InterruptedError ? interruptedSending(planName, error) : lost;
  const what = `${planName} was submitted, and the name of its task could not be found out`;
  const hint = '`clic list` shows it; submitting again would run it twice';
  if (error instanceof InterruptedError)
    return new InterruptedError(error.signal, `interrupted: ${what}`, { hint });
  return new TaskUnknownError(`${what}: ${errorMessage(error)}`, [], { hint, cause: error });
}
