import { FORMATS } from '../../config/options.ts';
import type { CommandSpec } from '../command.ts';
import type { Arguments } from '../command-line/arguments.ts';
import type { Context } from '../context.ts';
import { STAGE_ID, STAGE_RECORD } from './shared.ts';
import { print } from '../output/print.ts';
import { stageDetailListing } from '../output/stages.ts';

/** `clic stage`: one stage, with its parents and children. */
export const stage: CommandSpec = {
  verb: 'stage',
  legacy: '-stage',
  describe: 'show a stage with its parents and children',
  positionals: [STAGE_ID],
  options: {
    wide: { type: 'boolean', alias: 'w', describe: 'add the status, which the usual table does not have' },
  },
  formats: FORMATS,
  json: { document: '{ schemaVersion, stage: stage }', records: STAGE_RECORD },
  run,
};

async function run(args: Arguments, context: Context): Promise<number> {
  const format = await context.format(FORMATS);
  const stage = await (await context.client()).stage(args.required('stageId'));
  await print(stageDetailListing(stage, args.flag('wide') === true), format, context.io.stdout);
  return 0;
}
