import { FORMATS } from '../../config/options.ts';
import type { Arguments } from '../arguments.ts';
import type { Context } from '../context.ts';
import { print } from '../output/print.ts';
import { stageListing } from '../output/stages.ts';

/** `clic stages <taskName>`. */
export async function run(args: Arguments, context: Context): Promise<number> {
  const format = await context.format(FORMATS);
  const taskName = args.required('taskName');
  const stages = await (await context.client()).stagesOf(taskName);
  await print(stageListing(stages, args.flag('wide') === true), format, context.io.stdout);
  if (stages.length === 0) await context.note(`${taskName} has no stages`);
  return 0;
}
