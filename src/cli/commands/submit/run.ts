import { FORMATS } from '../../../config/options.ts';
import { InterruptedError, OutcomeUnknownError, UsageError, errorMessage } from '../../../model/errors.ts';
import type { MasterClient } from '../../../model/master-client.ts';
import type { TaskDetail } from '../../../model/views.ts';
import type { Arguments } from '../../command-line/arguments.ts';
import type { Context } from '../../context.ts';
import { requireCompleted } from '../../follow/describe.ts';
import { timeoutOf } from '../../follow/timeout.ts';
import { watchTask } from '../../follow/watch-task.ts';
import type { Snapshot } from '../../follow/snapshot.ts';
import { OutputError, unlessClosed } from '../../io.ts';
import { orAborted } from '../../or-aborted.ts';
import { isJson, print } from '../../output/print.ts';
import { taskDetailFields } from '../../output/tasks.ts';
import { findLost, findSubmitted, tasksOfPlan } from '../../submit/find-task.ts';
import { runJar } from '../../submit/jar.ts';
import { readPlanFile, readPlanName, submittedSentence } from '../../submit/read-plan.ts';
import { isJar } from './spec.ts';

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
  const lost = await send(client, planName, file, signal);
  const finding =
    lost === null
      ? findSubmitted(client, planName, before, signal)
      : findLost(client, planName, before, lost, signal);
  const taskName = await finding.catch((error: unknown) => {
    throw unnamed(planName, error, lost);
  });

  const { stdout } = context.io;
  const submission = { planName, taskName, planDagPath: file };
  const tell = (ended?: TaskDetail | null): Promise<void> =>
    namingTask(
      taskName,
      format === 'table'
        ? stdout.write(submittedSentence(planName, taskName))
        : print(submissionListing(submission, ended), format, stdout),
    );
  if (!isWaiting) {
    await tell();
    return 0;
  }
  // One document can only be written when all of it is known.
  const isWhole = format === 'json' || format === 'yaml';
  if (isWhole) await context.note(submittedSentence(planName, taskName).trimEnd());
  else await unlessClosed(tell());
  let ended: Snapshot | null = null;
  try {
    const isQuiet = isJson(format);
    ended = await watchTask(context, { client, taskName, timeoutMs, progress: context.notes, isQuiet });
  } finally {
    if (isWhole) await unlessClosed(tell(ended?.task ?? null));
  }
  requireCompleted(ended);
  return 0;
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
  const file = await readPlanFile(givenPath, planName, args.flag('lint') !== false, context);
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
  return new OutcomeUnknownError(`${what}: ${errorMessage(error)}`, { hint, cause: error });
}

/** @param ended the task as it ended, or null where it has not; only where it was waited for */
function submissionListing(
  submission: { planName: string; taskName: string; planDagPath: string },
  ended?: TaskDetail | null,
) {
  const { planName, taskName, planDagPath } = submission;
  const table = () => ({
    columns: ['plan_name', 'task_name', 'plan_dag_path'],
    rows: [[planName, taskName, planDagPath]],
  });
  return {
    document: () => ({
      submission,
      ...(ended === undefined ? {} : { task: ended === null ? null : taskDetailFields(ended) }),
    }),
    records: () => [submission],
    names: () => [taskName],
    table,
    csv: table,
  };
}
