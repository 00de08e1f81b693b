/** What a task can be, in the order it goes through them; the last two are final. */
export const TASK_STATUSES = ['NEW', 'RUNNING', 'COMPLETED', 'FAILED'] as const;
export type TaskStatus = (typeof TASK_STATUSES)[number];

/**
 * What a stage can be. WAITING: not started. RUNNING: its program was started. PREPARED: it runs, and its output
 * can be read already. COMPLETED and FAILED are final. SUSPEND: held back before it started.
 */
const STAGE_STATUSES = ['WAITING', 'RUNNING', 'PREPARED', 'COMPLETED', 'FAILED', 'SUSPEND'] as const;
export type StageStatus = (typeof STAGE_STATUSES)[number];

/** What is shown of a stage: one that will never run, since its task has failed, is SKIPPED. */
export type ShownStatus = StageStatus | 'SKIPPED';

export function isTaskStatus(text: string): text is TaskStatus {
  return (TASK_STATUSES as readonly string[]).includes(text);
}

export function isStageStatus(text: string): text is StageStatus {
  return (STAGE_STATUSES as readonly string[]).includes(text);
}
