import type { MasterClient } from '../model/master-client.ts';
import { NotFoundError, RefusedError } from '../model/errors.ts';
import type { StageInfo } from '../model/views.ts';

/**
 * The name of the failed task for whose sake a stage will not run any more, or null: then it may still run, or has run.
 * @throws UnreachableError and whatever else asking a master ends with
 */
export async function failedTaskOf(client: MasterClient, stage: StageInfo): Promise<string | null> {
  if (stage.status === 'COMPLETED' || stage.status === 'FAILED') return null;
  for (const name of possibleTasks(stage.id)) {
    const task = await client.task(name).catch((error: unknown) => {
      if (error instanceof NotFoundError) return null;
      throw error;
    });
    if (task?.stageIds.includes(stage.id) !== true) continue;
    // What ran when the task failed goes on to its end.
    const isOver = stage.status === 'WAITING' || stage.status === 'SUSPEND' || task.completeTime !== null;
    return task.status === 'FAILED' && isOver ? task.name : null;
  }
  return null;
}

/**
 * For a stage that a master would not suspend or continue.
 * @throws RefusedError it will never run, which is why
 */
export async function refuseHopeless(
  client: MasterClient,
  stageId: string,
  change: 'suspend' | 'continue',
): Promise<void> {
  let failed: string | null;
  try {
    failed = await failedTaskOf(client, await client.stage(stageId));
  } catch {
    // That the master said no is certain; the reason is told where it can be found out.
    return;
  }
  if (failed === null) return;
  throw new RefusedError(
    `${stageId} ${change} failed! Its task ${failed} has failed, and this stage will not run!`,
    { hint: `\`clic stages ${failed} --wide\` shows which stage failed` },
  );
}

/** A stage's id is `<plan>-<eight letters>-<template>-<n>`, and any of these may have dashes of its own. */
function possibleTasks(stageId: string): string[] {
  return [...stageId.matchAll(/-[a-z]{8}(?=-)/g)].map(({ index }) => stageId.slice(0, index + 9));
}
