import { FORMATS } from '../../config/options.ts';
import { RefusedError } from '../../model/errors.ts';
import type { CommandSpec } from '../command.ts';
import type { Arguments } from '../command-line/arguments.ts';
import type { Context } from '../context.ts';
import { STAGE_ID } from './shared.ts';
import { confirmChange } from '../output/confirmation.ts';
import { refuseHopeless } from '../stage-fate.ts';

/** `clic continue`: lets a suspended stage go on. */
export const continueStage: CommandSpec = {
  verb: 'continue',
  legacy: '-continue_stage',
  describe: 'let a suspended stage go on',
  positionals: [{ ...STAGE_ID, completes: 'suspended-stage' }],
  formats: FORMATS,
  json: { document: '{ schemaVersion, stageId, suspended }' },
  run,
};

async function run(args: Arguments, context: Context): Promise<number> {
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
