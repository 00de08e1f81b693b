import { FORMATS } from '../../../config/options.ts';
import type { CommandSpec } from '../../command.ts';
import { STAGE_ID } from '../shared.ts';

/** `clic result`: what a stage has written. */
export const result: CommandSpec = {
  verb: 'result',
  legacy: '-stage_result',
  legacyUsage: ['-stage_result <stageId> [<lineNum>]'],
  describe: 'print the first lines of the result of a stage',
  positionals: [STAGE_ID, { name: 'lineNum', describe: 'how many lines (default 10)', required: false }],
  options: {
    lines: { type: 'string', alias: 'n', describe: 'how many lines (default 10)' },
    all: { type: 'boolean', describe: 'all of it' },
    'output-file': {
      type: 'string',
      describe: 'write to this file (- is stdout); all of the result, where no number of lines is given',
    },
  },
  formats: FORMATS,
  json: {
    document:
      '{ schemaVersion, stageId, path, lines: [text] }; a jsonl line is { schemaVersion, stageId, line }',
  },
  notes:
    'Prints the lines of a file, or of all part files of a directory and of the directories in it, in order. What is compressed (.gz, .deflate, .zst, .snappy) is decompressed. -o json, jsonl, yaml and csv print the lines as data, -o name only the path. A result that is no text is copied as it is stored into an --output-file or a pipe.',
  run: async (args, context) => (await import('./run.ts')).run(args, context),
};
