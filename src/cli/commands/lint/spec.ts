import type { CommandSpec } from '../../command.ts';
import { EXECUTORS } from '../../../plan/executors.ts';
import { LINT_FORMATS } from '../../output/lint-formats.ts';

/** `clic lint`: checks plans without a master. */
export const lint: CommandSpec = {
  verb: 'lint',
  describe: 'check plans without a master',
  positionals: [
    { name: 'planDagPath', describe: 'the paths of plans; - is stdin', required: true, variadic: true },
  ],
  options: {
    executor: {
      type: 'string',
      choices: EXECUTORS,
      describe: 'what will run it; without it, what only one of process and kubernetes minds is a warning',
    },
    name: { type: 'string', describe: 'the name it will be submitted by: checks the length of stage ids' },
  },
  formats: LINT_FORMATS,
  json: {
    document: '{ schemaVersion, diagnostics: [diagnostic] }',
    records: {
      diagnostic: 'severity (error or warning), rule, message, file, line, column, hint (where there is one)',
    },
  },
  run: async (args, context) => (await import('./run.ts')).run(args, context),
};
