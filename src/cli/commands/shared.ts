import type { CommandOption, Positional } from '../command.ts';

// What several commands take and print.

export const TASK_NAME: Positional = {
  name: 'taskName',
  describe: 'the name of a task, as `clic list` shows it',
  required: true,
  completes: 'task',
};

export const STAGE_ID: Positional = {
  name: 'stageId',
  describe: 'a stage: <task>/<its name in the plan>, or its id',
  required: true,
  completes: 'stage',
};

export const TIMEOUT: CommandOption = {
  type: 'string',
  proposes: [],
  describe: 'how long to wait, such as 90s, 10m or 2h; without it, until the task ends',
};

export const wide = (describe: string): CommandOption => ({ type: 'boolean', alias: 'w', describe });

export const TASK_RECORD = {
  task: `name, planName (or null), submitTime, startTime, completeTime, status, runtimeSeconds, failure
failure: why it failed, where that is not the failure of a stage, such as its deadline; else null
status: NEW, RUNNING, COMPLETED, FAILED`,
};

export const STAGE_RECORD = {
  stage: `id, name (in the plan), taskName, platform, status, statusSource, startTime, completeTime, runtimeSeconds, retryCount,
attempt (how often it was launched), failure (why its last attempt failed), log (where the log of that attempt is),
waitsFor (what keeps it from running), parents: [id], children: [id], jobInfo; null where there is none, or a master does not say
status: WAITING, RUNNING, PREPARED, COMPLETED, FAILED, SUSPEND, SKIPPED (it will never run: its task has failed)
statusSource: master, or times where the master does not tell the status and it is derived from the times`,
};
