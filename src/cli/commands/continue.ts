import { RefusedError } from '../../model/errors.ts';
import type { Arguments } from '../arguments.ts';
import type { Context } from '../context.ts';
import { confirmChange } from '../output/confirmation.ts';
import { refuseHopeless } from '../stage-fate.ts';

/** `clic continue <stageId>`. */
export async function run(args: Arguments, context: Context): Promise<number> {
  const stageId = args.required('stageId');
  const client = await context.client();
  if (!(await client.continueStage(stageId))) {
    await refuseHopeless(client, stageId, 'continue');
    throw new RefusedError(`${stageId} continue failed! The stage may not have been suspended!`, {
      hint: `only a suspended stage can go on; see \`clic stage ${stageId} --wide\``,
    });
  }
  await confirmChange(context, stageId, false, `${stageId} has resumed execution!`);
  return 0;
}
