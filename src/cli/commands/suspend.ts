import { RefusedError } from '../../model/errors.ts';
import type { Arguments } from '../arguments.ts';
import type { Context } from '../context.ts';
import { confirmChange } from '../output/confirmation.ts';
import { refuseHopeless } from '../stage-fate.ts';

/** `clic suspend <stageId>`. */
export async function run(args: Arguments, context: Context): Promise<number> {
  const stageId = args.required('stageId');
  const client = await context.client();
  if (!(await client.suspendStage(stageId))) {
    await refuseHopeless(client, stageId, 'suspend');
    throw new RefusedError(`${stageId} suspend failed! The stage may have started or completed!`, {
      hint: `only a stage that waits can be suspended; see \`clic stage ${stageId} --wide\``,
    });
  }
  await confirmChange(context, stageId, true, `${stageId} has been suspended!`);
  return 0;
}
