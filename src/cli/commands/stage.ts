import { FORMATS } from '../../config/options.ts';
import type { Arguments } from '../arguments.ts';
import type { Context } from '../context.ts';
import { print } from '../output/print.ts';
import { stageDetailListing } from '../output/stages.ts';

/** `clic stage <stageId>`. */
export async function run(args: Arguments, context: Context): Promise<number> {
  const format = await context.format(FORMATS);
  const stage = await (await context.client()).stage(args.required('stageId'));
  await print(stageDetailListing(stage, args.flag('wide') === true), format, context.io.stdout);
  return 0;
}
