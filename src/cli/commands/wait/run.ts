import { FORMATS } from '../../../config/options.ts';
import type { Arguments } from '../../command-line/arguments.ts';
import type { Context } from '../../context.ts';
import { requireCompleted } from '../../follow/describe.ts';
import { timeoutOf, watchTask } from '../../follow/watch-task.ts';
import { unlessClosed } from '../../io.ts';
import { isJson, print } from '../../output/print.ts';
import { taskDetailListing } from '../../output/task-detail.ts';

/** Progress goes to stderr; the task, as it ended, to stdout, also when it failed. */
export async function run(args: Arguments, context: Context): Promise<number> {
  const taskName = args.required('taskName');
  const timeoutMs = timeoutOf(args);
  const format = await context.format(FORMATS);
  const client = await context.client();
  const isQuiet = isJson(format);
  const ended = await watchTask(context, { client, taskName, timeoutMs, progress: context.notes, isQuiet });
  const listing = taskDetailListing(ended.task, ended.stages);
  const text = await context.textStyle();
  await unlessClosed(print(listing, format, context.io.stdout, { text }));
  requireCompleted(ended);
  return 0;
}
