import { FORMATS } from '../../config/options.ts';
import { integer, type ValueType } from '../../config/value-types.ts';
import { TASK_STATUSES } from '../../model/status.ts';
import type { TaskSummary } from '../../model/views.ts';
import type { CommandSpec } from '../command.ts';
import type { Arguments } from '../command-line/arguments.ts';
import type { Context } from '../context.ts';
import { TASK_RECORD, wide } from './shared.ts';
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
    status: {
      type: 'string',
      proposes: TASK_STATUSES,
      describe: 'only tasks of these statuses, such as RUNNING,FAILED',
    },
    limit: { type: 'string', describe: 'only so many, the latest' },
    wide: wide('add the plan, and when it was submitted, started and completed'),
  },
  formats: FORMATS,
  json: { document: '{ schemaVersion, tasks: [task] }', records: TASK_RECORD },
  run,
};

async function run(args: Arguments, context: Context): Promise<number> {
  const wanted = args.value('status', statuses);
  const limit = args.value('limit', integer(1, 1_000_000_000));
  const format = await context.format(FORMATS);
  const client = await context.client();
  // The latest of all tasks may have another status than the latest of a status.
  const tasks = await client.listTasks(wanted === undefined && limit !== undefined ? { limit } : {});
  const shown = selectTasks(tasks, wanted, limit);
  const text = await context.textStyle();
  await print(taskListing(shown, args.flag('wide') === true), format, context.io.stdout, { text });
  if (shown.length === 0) await context.note(tasks.length === 0 ? 'no tasks' : 'no task of that status');
  return 0;
}

/** Oldest first; those of one moment as the master lists them, which is by submission with ours. */
function selectTasks(
  tasks: readonly TaskSummary[],
  wanted: ReadonlySet<string> | undefined,
  limit: number | undefined,
): TaskSummary[] {
  // Local times repeat themselves for an hour when daylight saving time ends: instants don't.
  const hasInstants = tasks.every(({ submitAt }) => submitAt !== null);
  return tasks
    .filter(({ status }) => wanted === undefined || wanted.has(status))
    .sort((a, b) =>
      hasInstants
        ? compare(a.submitAt ?? 0, b.submitAt ?? 0)
        : compare(a.submitTime ?? '', b.submitTime ?? ''),
    )
    .slice(limit === undefined ? 0 : -limit);
}

function compare<T extends string | number>(a: T, b: T): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
