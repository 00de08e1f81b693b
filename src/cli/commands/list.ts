import { FORMATS } from '../../config/options.ts';
import { integer, type ValueType } from '../../config/value-types.ts';
import { TASK_STATUSES } from '../../model/status.ts';
import type { TaskSummary } from '../../model/views.ts';
import type { CommandSpec } from '../command.ts';
import type { Arguments } from '../command-line/arguments.ts';
import type { Context } from '../context.ts';
import { TASK_RECORD } from './shared.ts';
import { print } from '../output/print.ts';
import { taskListing } from '../output/tasks.ts';

const statuses: ValueType<ReadonlySet<string>> = {
  name: 'statuses',
  expects: `statuses with commas between them, of ${TASK_STATUSES.join(', ')}`,
  parse(text) {
    const words = text.split(',').map((word) => word.trim().toUpperCase());
    return words.every((word) => TASK_STATUSES.some((status) => status === word))
      ? new Set(words)
      : undefined;
  },
};

/** `clic list`: the tasks of the master. */
export const list: CommandSpec = {
  verb: 'list',
  legacy: '-list_task',
  describe: 'list the tasks of the master',
  positionals: [],
  options: {
    status: { type: 'string', describe: 'only tasks of these statuses, such as RUNNING,FAILED' },
    limit: { type: 'string', describe: 'only so many, the latest' },
  },
  formats: FORMATS,
  json: { document: '{ schemaVersion, tasks: [task] }', records: TASK_RECORD },
  run,
};

async function run(args: Arguments, context: Context): Promise<number> {
  const wanted = args.value('status', statuses);
  const limit = args.value('limit', integer(1, 1_000_000_000));
  const format = await context.format(FORMATS);
  const tasks = await (await context.client()).listTasks();
  const shown = selectTasks(tasks, wanted, limit);
  await print(taskListing(shown), format, context.io.stdout);
  if (shown.length === 0) await context.note(tasks.length === 0 ? 'no tasks' : 'no task of that status');
  return 0;
}

/** Oldest first. Times are whole seconds: within one, as the master lists them, which is by submission with ours. */
function selectTasks(
  tasks: readonly TaskSummary[],
  wanted: ReadonlySet<string> | undefined,
  limit: number | undefined,
): TaskSummary[] {
  return tasks
    .filter(({ status }) => wanted === undefined || wanted.has(status))
    .sort((a, b) => compare(a.submitTime ?? '', b.submitTime ?? ''))
    .slice(limit === undefined ? 0 : -limit);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
