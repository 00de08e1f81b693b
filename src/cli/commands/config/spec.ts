import { FORMATS } from '../../../config/options.ts';
import type { CommandSpec } from '../../command.ts';

/** `clic config`: the configuration in force. */
export const config: CommandSpec = {
  verb: 'config',
  describe: 'show the configuration in force, and where each value came from',
  positionals: [],
  formats: FORMATS,
  json: {
    document: '{ schemaVersion, file, options: [option], unknown: [option] }',
    records: { option: 'name, value, source' },
  },
  run: async (args, context) => (await import('./run.ts')).run(args, context),
};
