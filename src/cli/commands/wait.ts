import { FORMATS } from '../../config/options.ts';
import { TaskFailedError } from '../../model/errors.ts';
import type { Arguments } from '../arguments.ts';
import type { Context } from '../context.ts';
import { timeoutOf } from '../follow/timeout.ts';
import { watchTask } from '../follow/watch-task.ts';
import { print } from '../output/print.ts';
import { taskDetailListing } from '../output/tasks.ts';

/** Progress goes to stderr; the task, as it ended, to stdout, also when it failed. */
export async function run(args: Arguments, context: Context): Promise<number> {
  const taskName = args.required('taskName');
  const timeoutMs = timeoutOf(args);
  const format = await context.format(FORMATS);
  const client = await context.client();
  try {
    const { task } = await watchTask(context, { client, taskName, timeoutMs, progress: context.notes });
    await print(taskDetailListing(task), format, context.io.stdout);
  } catch (error) {
    if (error instanceof TaskFailedError) {
      await print(taskDetailListing(await client.task(taskName)), format, context.io.stdout);
    }
    throw error;
  }
  return 0;
}
