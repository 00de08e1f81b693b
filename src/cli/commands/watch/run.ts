import { FORMATS } from '../../../config/options.ts';
import type { Arguments } from '../../command-line/arguments.ts';
import type { Context } from '../../context.ts';
import { changeListing, type SeenChange } from '../../follow/change-listing.ts';
import { requireCompleted } from '../../follow/describe.ts';
import { timeoutOf, watchTask } from '../../follow/watch-task.ts';
import { lenient } from '../../io.ts';
import { isJson, print } from '../../output/print.ts';

/** The changes are the data: a live view on a terminal, a line each in a pipe, records with `-o`. */
export async function run(args: Arguments, context: Context): Promise<number> {
  // How the task ends is the exit status, whether or not anybody reads on.
  const stdout = lenient(context.io.stdout);
  const format = await context.format(FORMATS);
  const options = {
    client: await context.client(),
    taskName: args.required('taskName'),
    timeoutMs: timeoutOf(args),
    progress: stdout,
    isQuiet: isJson(format),
  };
  if (format === 'table') {
    requireCompleted(await watchTask(context, options));
    return 0;
  }
  const seen: SeenChange[] = [];
  let isFirst = true;
  // One document can only be written when all of it is known.
  const isWhole = format === 'json' || format === 'yaml';
  try {
    const ended = await watchTask(context, {
      ...options,
      onChanges: async (changes) => {
        if (isWhole) seen.push(...changes);
        else if (changes.length > 0) {
          await print(changeListing(changes), format, stdout, { header: isFirst });
          isFirst = false;
        }
      },
    });
    requireCompleted(ended);
  } finally {
    if (isWhole) await print(changeListing(seen), format, stdout);
  }
  return 0;
}
