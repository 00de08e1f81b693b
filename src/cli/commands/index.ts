import { FORMATS } from '../../config/options.ts';
import type { CommandSpec, Positional } from '../command.ts';
import { SHELLS } from '../completion/script.ts';
import { LINT_FORMATS } from '../output/lint-formats.ts';
import { wordsUpToJar } from '../submit/jar-words.ts';
import { TOPICS } from '../help/topic-names.ts';
import * as continueStage from './continue.ts';
import * as list from './list.ts';
import * as stage from './stage.ts';
import * as stages from './stages.ts';
import * as suspend from './suspend.ts';
import * as task from './task.ts';
import * as version from './version.ts';

const taskName: Positional = {
  name: 'taskName',
  describe: 'the name of a task, as `clic list` shows it',
  required: true,
  completes: 'task',
};
const stageId: Positional = {
  name: 'stageId',
  describe: 'the id of a stage, as `clic stages` shows it',
  required: true,
  completes: 'stage',
};
const wide = {
  wide: { type: 'boolean', alias: 'w', describe: 'add the status, which the usual table does not have' },
} as const;
const wideStages = {
  wide: { ...wide.wide, describe: 'add the status, and why the last attempt failed' },
} as const;

const timeout = {
  type: 'string',
  describe: 'how long to wait, such as 90s, 10m or 2h; without it, until the task ends',
} as const;

const WORKING: readonly CommandSpec[] = [
  {
    verb: 'submit',
    legacy: '-submit',
    describe: 'submit a plan, by its file or by a jar that submits itself',
    positionals: [
      { name: 'planName', describe: 'a name for the plan, or the path of a .jar', required: true },
      { name: 'planDagPath', describe: 'the path of the plan, which the master opens', required: false },
    ],
    options: {
      wait: { type: 'boolean', describe: 'follow the task to its end; the exit status tells how it ended' },
      watch: { type: 'boolean', describe: 'the same as --wait' },
      timeout,
      lint: {
        type: 'boolean',
        describe: 'look at the plan before it is sent (--no-lint does not)',
      },
    },
    formats: FORMATS,
    notes: 'Words behind a .jar are passed on to it: clic submit plan.jar [args…]',
    handlesSignals: true,
    parsedWords: wordsUpToJar,
    load: async () => (await import('../on-demand.ts')).submit,
  },
  {
    verb: 'list',
    legacy: '-list_task',
    describe: 'list the tasks of the master',
    positionals: [],
    options: {
      status: { type: 'string', describe: 'only tasks of these statuses, such as RUNNING,FAILED' },
      limit: { type: 'string', describe: 'only so many, the latest' },
    },
    formats: FORMATS,
    load: () => Promise.resolve(list),
  },
  {
    verb: 'task',
    legacy: '-task',
    describe: 'show a task and the ids of its stages',
    positionals: [taskName],
    formats: FORMATS,
    load: () => Promise.resolve(task),
  },
  {
    verb: 'stages',
    legacy: '-task_stage',
    describe: 'show the stages of a task',
    positionals: [taskName],
    options: wideStages,
    formats: FORMATS,
    load: () => Promise.resolve(stages),
  },
  {
    verb: 'stage',
    legacy: '-stage',
    describe: 'show a stage with its parents and children',
    positionals: [stageId],
    options: wide,
    formats: FORMATS,
    load: () => Promise.resolve(stage),
  },
  {
    verb: 'result',
    legacy: '-stage_result',
    describe: 'print the first lines of the result of a stage',
    positionals: [stageId, { name: 'lineNum', describe: 'how many lines (default 10)', required: false }],
    options: {
      lines: { type: 'string', alias: 'n', describe: 'how many lines (default 10)' },
      all: { type: 'boolean', describe: 'all of it' },
      'output-file': {
        type: 'string',
        describe: 'write to this file (- is stdout); all of the result, where no number of lines is given',
      },
    },
    formats: FORMATS,
    notes:
      'Prints the lines as they are stored. -o json, jsonl, yaml and csv print them as data, -o name only the path.',
    load: async () => (await import('../on-demand.ts')).result,
  },
  {
    verb: 'suspend',
    legacy: '-suspend_stage',
    describe: 'hold back a stage that has not started',
    positionals: [{ ...stageId, completes: 'waiting-stage' }],
    formats: FORMATS,
    load: () => Promise.resolve(suspend),
  },
  {
    verb: 'continue',
    legacy: '-continue_stage',
    describe: 'let a suspended stage go on',
    positionals: [{ ...stageId, completes: 'suspended-stage' }],
    formats: FORMATS,
    load: () => Promise.resolve(continueStage),
  },
  {
    verb: 'wait',
    describe: 'wait for a task to end; the exit status tells how it ended',
    positionals: [taskName],
    options: { timeout },
    formats: FORMATS,
    notes: 'Progress goes to stderr, and the task, as it ended, to stdout.',
    handlesSignals: true,
    load: async () => (await import('../on-demand.ts')).wait,
  },
  {
    verb: 'watch',
    describe: 'show how a task and its stages get on, to their end',
    positionals: [taskName],
    options: { timeout },
    formats: FORMATS,
    notes: 'A live view on a terminal, a line for each change in a pipe, a record for each with -o jsonl.',
    handlesSignals: true,
    load: async () => (await import('../on-demand.ts')).watch,
  },
  {
    verb: 'lint',
    describe: 'check plans without a master',
    positionals: [
      { name: 'planDagPath', describe: 'the paths of plans; - is stdin', required: true, variadic: true },
    ],
    options: {
      name: { type: 'string', describe: 'the name it will be submitted by: checks the length of stage ids' },
    },
    formats: LINT_FORMATS,
    load: async () => (await import('../on-demand.ts')).lint,
  },
  {
    verb: 'config',
    describe: 'show the configuration in force, and where each value came from',
    positionals: [],
    formats: FORMATS,
    load: async () => (await import('../on-demand.ts')).config,
  },
  {
    verb: 'completion',
    describe: 'print a script that completes commands, options, tasks and stages',
    positionals: [{ name: 'shell', describe: SHELLS.join(' or '), required: true, choices: SHELLS }],
    formats: [],
    notes:
      'Put into ~/.bashrc:  source <(clic completion bash)\nPut into ~/.zshrc:   source <(clic completion zsh)',
    load: async () => (await import('../on-demand.ts')).completion,
  },
  {
    verb: 'version',
    legacy: '-version',
    describe: 'print the version',
    positionals: [],
    formats: FORMATS,
    load: () => Promise.resolve(version),
  },
];

/**
 * Every command, in the order of the help. A new one is a file in this folder that exports `run`, and an entry here;
 * parsing, help and completion follow from the entry.
 */
export const COMMANDS: readonly CommandSpec[] = [
  ...WORKING,
  {
    verb: 'help',
    legacy: '-help',
    describe: 'show how clic, or one of its commands, is used',
    positionals: [
      {
        name: 'topic',
        describe: `a command, or ${TOPICS.join(', ')}`,
        required: false,
        choices: [...WORKING.map(({ verb }) => verb), ...TOPICS],
      },
    ],
    formats: [],
    load: async () => (await import('../on-demand.ts')).help,
  },
];

/** The command of that verb, if there is one. */
export function commandOf(verb: string): CommandSpec | undefined {
  return COMMANDS.find((command) => command.verb === verb);
}
