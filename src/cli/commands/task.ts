import { FORMATS } from '../../config/options.ts';
import type { Arguments } from '../arguments.ts';
import type { Context } from '../context.ts';
import { print } from '../output/print.ts';
import { taskDetailListing } from '../output/tasks.ts';

/** `clic task <taskName>`. */
export async function run(args: Arguments, context: Context): Promise<number> {
  const format = await context.format(FORMATS);
  const task = await (await context.client()).task(args.required('taskName'));
  await print(taskDetailListing(task), format, context.io.stdout);
  return 0;
}
