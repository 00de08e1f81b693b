import { FORMATS } from '../../../config/options.ts';
import type { CommandSpec } from '../../command.ts';
import { STAGE_RECORD, TASK_RECORD, TIMEOUT } from '../shared.ts';
import { isJar } from './is-jar.ts';

/** `clic submit`: sends a plan to the master. */
export const submit: CommandSpec = {
  verb: 'submit',
  legacy: '-submit',
  legacyUsage: ['-submit <planName> <planDagPath>', '-submit <planJarPath> [args…]'],
  describe: 'submit a plan, by its file or by a jar that submits itself',
  positionals: [
    { name: 'planName', describe: 'a name for the plan, or the path of a .jar', required: true },
    {
      name: 'planDagPath',
      describe: 'the path of the plan, which the master opens; - is stdin',
      required: false,
    },
  ],
  options: {
    wait: { type: 'boolean', describe: 'follow the task to its end; the exit status tells how it ended' },
    watch: { type: 'boolean', describe: 'the same as --wait' },
    timeout: TIMEOUT,
    lint: {
      type: 'boolean',
      describe: 'check the plan before it is sent; --no-lint is for one that only the master can read',
    },
  },
  formats: FORMATS,
  json: {
    document: `{ schemaVersion, submission: { planName, taskName, taskNameSource, planDagPath } }
taskNameSource: master (it says that this client submitted it), list (it is the only new task of the plan: others may have
submitted the same), or null where it can't be told: then taskName is null, and candidates: [name] lists those that may be it
with --wait also task: task with stageCount, stageIds, stages: [stage], as it ended, or null; json and yaml alone,
printed at the end, when the name of the task stands on stderr already`,
    records: { ...TASK_RECORD, ...STAGE_RECORD },
  },
  notes: 'Words after a .jar are passed on to it: clic submit plan.jar [args…]',
  handlesSignals: true,
  passesOn: isJar,
  run: async (args, context) => (await import('./run.ts')).run(args, context),
};
