import { FORMATS } from '../../config/options.ts';
import { RefusedError } from '../../model/errors.ts';
import type { CommandSpec } from '../command.ts';
import type { Arguments } from '../command-line/arguments.ts';
import type { Context } from '../context.ts';
import { STAGE_ID } from './shared.ts';
import { confirmChange } from '../output/confirmation.ts';
import { refuseHopeless } from '../stage-fate.ts';

/** `clic suspend`: holds back a stage. */
export const suspend: CommandSpec = {
  verb: 'suspend',
  legacy: '-suspend_stage',
  describe: 'hold back a stage that has not started',
  positionals: [{ ...STAGE_ID, completes: 'waiting-stage' }],
  formats: FORMATS,
  json: { document: '{ schemaVersion, stageId, suspended }' },
  run,
};

async function run(args: Arguments, context: Context): Promise<number> {
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
