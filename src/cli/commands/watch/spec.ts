import { FORMATS } from '../../../config/options.ts';
import type { CommandSpec } from '../../command.ts';
import { TASK_NAME, TIMEOUT } from '../shared.ts';

/** `clic watch`: shows how a task gets on. */
export const watch: CommandSpec = {
  verb: 'watch',
  describe: 'show how a task and its stages get on, to their end',
  positionals: [TASK_NAME],
  options: { timeout: TIMEOUT },
  formats: FORMATS,
  json: {
    document: '{ schemaVersion, changes: [change] }; a jsonl line is a change, as soon as it is seen',
    records: {
      change: `time (of this machine, UTC), kind (task or stage), id, name (in the plan, of a stage, or null),
status, previousStatus, retryCount, runtimeSeconds, failure (why the last attempt of the stage failed, or null)`,
    },
  },
  notes: 'A live view on a terminal, a line for each change in a pipe, a record for each with -o jsonl.',
  handlesSignals: true,
  run: async (args, context) => (await import('./run.ts')).run(args, context),
};
