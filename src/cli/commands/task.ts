import { FORMATS } from '../../config/options.ts';
import type { CommandSpec } from '../command.ts';
import type { Arguments } from '../command-line/arguments.ts';
import type { Context } from '../context.ts';
import { STAGE_RECORD, TASK_NAME, TASK_RECORD, wide } from './shared.ts';
import { print } from '../output/print.ts';
import { settled } from '../output/stage-words.ts';
import { taskDetailListing } from '../output/task-detail.ts';
import { noTask } from '../stage-fate.ts';

/** `clic task`: one task and its stages. */
export const task: CommandSpec = {
  verb: 'task',
  legacy: '-task',
  describe: 'show a task and its stages',
  positionals: [TASK_NAME],
  options: { wide: wide('add ids, platforms, attempts and logs of its stages') },
  formats: FORMATS,
  json: {
    document: '{ schemaVersion, task: task with stageCount, stageIds, stages: [stage] }',
    records: { ...TASK_RECORD, ...STAGE_RECORD },
  },
  run,
};

async function run(args: Arguments, context: Context): Promise<number> {
  const format = await context.format(FORMATS);
  const client = await context.client();
  const taskName = args.required('taskName');
  const task = await client.task(taskName).catch(async (error: unknown) => {
    throw await noTask(client, taskName, error);
  });
  const text = await context.textStyle();
  // A call for each stage: not for what does not show them.
  const showsStages = format === 'table' ? text !== null : format !== 'csv' && format !== 'name';
  const stages = showsStages ? settled(await client.stagesOf(task.name)) : null;
  const listing = taskDetailListing(task, stages, args.flag('wide') === true);
  await print(listing, format, context.io.stdout, { text });
  return 0;
}
