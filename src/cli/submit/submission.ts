import type { Format } from '../../config/options.ts';
import { printable } from '../../model/printable.ts';
import type { Context } from '../context.ts';
import type { Snapshot } from '../follow/snapshot.ts';
import type { Listing } from '../output/listing.ts';
import { print } from '../output/print.ts';
import { taskDetailFields } from '../output/task-detail.ts';
import type { FoundTask } from './find-task.ts';

/** A plan that the master has acknowledged, with its task, or with those that may be it where that can't be told. */
export type Submission = { readonly planName: string; readonly planDagPath: string } & (
  FoundTask | { readonly candidates: readonly string[] }
);

/**
 * Prints a submission.
 * @param ended the task as it ended, or null where it has not; only where it was waited for
 */
export function printSubmission(
  submission: Submission,
  context: Context,
  format: Format,
  ended?: Snapshot | null,
): Promise<void> {
  const { stdout } = context.io;
  if (format === 'table') return stdout.write(submittedSentence(submission));
  return print(submissionListing(submission, ended), format, stdout);
}

/** How a submission is told: the sentence of the Java shell, and the name of the task, as far as it is known. */
export function submittedSentence(submission: { readonly planName: string } & (FoundTask | object)): string {
  const sentence = `${printable(submission.planName)} has been submitted!`;
  if (!('taskName' in submission)) return `${sentence}\n`;
  const how = submission.source === 'list' ? ' (by the list)' : '';
  return `${sentence} task: ${printable(submission.taskName)}${how}\n`;
}

function submissionListing(submission: Submission, ended?: Snapshot | null): Listing {
  const { planName, planDagPath } = submission;
  const [taskName, taskNameSource] =
    'taskName' in submission ? [submission.taskName, submission.source] : [null, null];
  const fields = {
    planName,
    taskName,
    taskNameSource,
    planDagPath,
    ...('candidates' in submission ? { candidates: submission.candidates } : {}),
  };
  const task = ended == null ? null : taskDetailFields(ended.task, ended.stages);
  const table = () => ({
    columns: ['plan_name', 'task_name', 'plan_dag_path', 'task_name_source'],
    rows: [[planName, taskName ?? '', planDagPath, taskNameSource ?? '']],
  });
  return {
    document: () => ({ submission: fields, ...(ended === undefined ? {} : { task }) }),
    records: () => [fields],
    names: () => (taskName === null ? [] : [taskName]),
    table,
    csv: table,
  };
}
