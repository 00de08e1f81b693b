import { FORMATS } from '../../config/options.ts';
import type { CommandSpec } from '../command.ts';
import type { Arguments } from '../command-line/arguments.ts';
import type { Context } from '../context.ts';
import { STAGE_RECORD, TASK_NAME, wide } from './shared.ts';
import { print } from '../output/print.ts';
import { settled } from '../output/stage-words.ts';
import { stageListing } from '../output/stages.ts';
import { noTask } from '../stage-fate.ts';

/** `clic stages`: the stages of a task. */
export const stages: CommandSpec = {
  verb: 'stages',
  legacy: '-task_stage',
  describe: 'show the stages of a task',
  positionals: [TASK_NAME],
  options: {
    wide: wide('add ids, platforms, attempts and logs'),
  },
  formats: FORMATS,
  json: { document: '{ schemaVersion, stages: [stage] }', records: STAGE_RECORD },
  run,
};

async function run(args: Arguments, context: Context): Promise<number> {
  const format = await context.format(FORMATS);
  const taskName = args.required('taskName');
  const client = await context.client();
  const found = await client.stagesOf(taskName).catch(async (error: unknown) => {
    throw await noTask(client, taskName, error);
  });
  const stages = settled(found);
  const text = await context.textStyle();
  await print(stageListing(stages, args.flag('wide') === true), format, context.io.stdout, { text });
  if (stages.length === 0) await context.note(`${taskName} has no stages`);
  return 0;
}
