import { FORMATS } from '../../config/options.ts';
import type { CommandSpec } from '../command.ts';
import type { Arguments } from '../command-line/arguments.ts';
import type { Context } from '../context.ts';
import { STAGE_RECORD, TASK_NAME } from './shared.ts';
import { print } from '../output/print.ts';
import { stageListing } from '../output/stages.ts';

/** `clic stages`: the stages of a task. */
export const stages: CommandSpec = {
  verb: 'stages',
  legacy: '-task_stage',
  describe: 'show the stages of a task',
  positionals: [TASK_NAME],
  options: {
    wide: { type: 'boolean', alias: 'w', describe: 'add the status, and why the last attempt failed' },
  },
  formats: FORMATS,
  json: { document: '{ schemaVersion, stages: [stage] }', records: STAGE_RECORD },
  run,
};

async function run(args: Arguments, context: Context): Promise<number> {
  const format = await context.format(FORMATS);
  const taskName = args.required('taskName');
  const stages = await (await context.client()).stagesOf(taskName);
  await print(stageListing(stages, args.flag('wide') === true), format, context.io.stdout);
  if (stages.length === 0) await context.note(`${taskName} has no stages`);
  return 0;
}
