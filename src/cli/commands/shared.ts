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
  describe: 'the id of a stage, as `clic stages` shows it',
  required: true,
  completes: 'stage',
};

export const TIMEOUT: CommandOption = {
  type: 'string',
  describe: 'how long to wait, such as 90s, 10m or 2h; without it, until the task ends',
};

export const TASK_RECORD = {
  task: `name, submitTime, startTime, completeTime, status, runtimeSeconds
status: NEW, RUNNING, COMPLETED, FAILED`,
};

export const STAGE_RECORD = {
  stage: `id, platform, status, statusSource, startTime, completeTime, runtimeSeconds, retryCount,
failure (why its last attempt failed, or null), parents: [id], children: [id], jobInfo
status: WAITING, RUNNING, PREPARED, COMPLETED, FAILED, SUSPEND
statusSource: master, or times where the master does not tell the status and it is derived from the times`,
};
