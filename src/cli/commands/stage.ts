import { FORMATS } from '../../config/options.ts';
import type { MasterClient } from '../../model/master-client.ts';
import type { StageInfo } from '../../model/views.ts';
import type { CommandSpec } from '../command.ts';
import type { Arguments } from '../command-line/arguments.ts';
import type { Context } from '../context.ts';
import { STAGE_ID, STAGE_RECORD, wide } from './shared.ts';
import { print } from '../output/print.ts';
import { isHeldBack, settled, skipped } from '../output/stage-words.ts';
import { stageDetailListing } from '../output/stage-detail.ts';
import { failedTaskOf, noStage } from '../stage-fate.ts';

/** `clic stage`: one stage, with its parents and children. */
export const stage: CommandSpec = {
  verb: 'stage',
  legacy: '-stage',
  describe: 'show a stage with its parents and children',
  positionals: [STAGE_ID],
  options: {
    wide: wide('add what it runs'),
  },
  formats: FORMATS,
  json: { document: '{ schemaVersion, stage: stage }', records: STAGE_RECORD },
  run,
};

async function run(args: Arguments, context: Context): Promise<number> {
  const format = await context.format(FORMATS);
  const client = await context.client();
  const text = await context.textStyle();
  const stageId = args.required('stageId');
  const asked = await client.stage(stageId).catch(async (error: unknown) => {
    throw await noStage(client, stageId, error);
  });
  const stage = text !== null && (await isSkipped(client, asked)) ? skipped(asked) : asked;
  const related = text !== null && format === 'table' ? await neighboursOf(client, stage) : [];
  const listing = stageDetailListing(stage, related, args.flag('wide') === true);
  await print(listing, format, context.io.stdout, { text });
  return 0;
}

/** Older masters of ours let a stage of a failed task wait for ever. */
async function isSkipped(client: MasterClient, stage: StageInfo): Promise<boolean> {
  if (stage.statusSource !== 'master' || (stage.attempt ?? 0) > 0 || !isHeldBack(stage)) return false;
  // What only explains must not fail.
  return (await failedTaskOf(client, stage).catch(() => null)) !== null;
}

/** So many parents and children are asked for their names. */
const NEIGHBOURS = 20;

/** The parents and children, as far as the master says who they are. */
async function neighboursOf(client: MasterClient, self: StageInfo): Promise<readonly StageInfo[]> {
  const found: StageInfo[] = [];
  for (const id of [...self.parents, ...self.children].slice(0, NEIGHBOURS)) {
    const stage = await client.stage(id).catch(() => null);
    if (stage === null) break;
    found.push(stage);
  }
  return settled([self, ...found]).slice(1);
}
