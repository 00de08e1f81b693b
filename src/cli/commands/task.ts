import { FORMATS } from '../../config/options.ts';
import type { CommandSpec } from '../command.ts';
import type { Arguments } from '../command-line/arguments.ts';
import type { Context } from '../context.ts';
import { TASK_NAME, TASK_RECORD } from './shared.ts';
import { print } from '../output/print.ts';
import { taskDetailListing } from '../output/tasks.ts';

/** `clic task`: one task, and the ids of its stages. */
export const task: CommandSpec = {
  verb: 'task',
  legacy: '-task',
  describe: 'show a task and the ids of its stages',
  positionals: [TASK_NAME],
  formats: FORMATS,
  json: {
    document: '{ schemaVersion, task: task with stageCount, stageIds }',
    records: TASK_RECORD,
  },
  run,
};

async function run(args: Arguments, context: Context): Promise<number> {
  const format = await context.format(FORMATS);
  const task = await (await context.client()).task(args.required('taskName'));
  await print(taskDetailListing(task), format, context.io.stdout);
  return 0;
}
