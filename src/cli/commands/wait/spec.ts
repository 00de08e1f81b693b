import { FORMATS } from '../../../config/options.ts';
import type { CommandSpec } from '../../command.ts';
import { STAGE_RECORD, TASK_NAME, TASK_RECORD, TIMEOUT } from '../shared.ts';

/** `clic wait`: follows a task to its end. */
export const wait: CommandSpec = {
  verb: 'wait',
  describe: 'wait for a task to end; the exit status tells how it ended',
  positionals: [TASK_NAME],
  options: { timeout: TIMEOUT },
  formats: FORMATS,
  json: {
    document: '{ schemaVersion, task: task with stageCount, stageIds, stages: [stage] }, as it ended',
    records: { ...TASK_RECORD, ...STAGE_RECORD },
  },
  notes: 'Progress goes to stderr, and the task, as it ended, to stdout.',
  handlesSignals: true,
  run: async (args, context) => (await import('./run.ts')).run(args, context),
};
