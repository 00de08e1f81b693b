import type { MasterClient } from '../model/master-client.ts';
import { InterruptedError, NotFoundError } from '../model/errors.ts';
import type { StageInfo } from '../model/views.ts';

/**
 * The name of the failed task for whose sake a stage will not run any more, or null: then it may still run, or has run.
 * @throws UnreachableError and whatever else asking a master ends with
 */
export async function failedTaskOf(client: MasterClient, stage: StageInfo): Promise<string | null> {
  if (stage.status === 'COMPLETED' || stage.status === 'FAILED') return null;
  const names = stage.taskName === null ? possibleTasks(stage.id) : [stage.taskName];
  for (const name of names) {
    const task = await client.task(name).catch((error: unknown) => {
      if (error instanceof NotFoundError) return null;
      throw error;
    });
    if (task?.stageIds.includes(stage.id) !== true) continue;
    // What ran when the task failed goes on to its end.
    const isOver = ['WAITING', 'SUSPEND', 'SKIPPED'].includes(stage.status) || task.completeTime !== null;
    return task.status === 'FAILED' && isOver ? task.name : null;
  }
  return null;
}

/** The id of a stage that is given by its id, or as `<task>/<name in the plan>`. @throws NotFoundError */
export async function stageIdOf(client: MasterClient, given: string): Promise<string> {
  return given.includes('/') ? (await client.stage(given)).id : given;
}

/** The error for a task that can't be read: where the master does not know it, and a stage is named so, that is said. */
export async function noTask(client: MasterClient, name: string, error: unknown): Promise<unknown> {
  if (!(error instanceof NotFoundError)) return error;
  const stage = await client.stage(name).catch(() => null);
  if (stage === null) return error;
  return new NotFoundError(`${JSON.stringify(name)} is a stage, not a task`, {
    hint: `\`clic stage ${name}\` shows it`,
    cause: error,
  });
}

/** The same for a stage, where a task is named so. */
export async function noStage(client: MasterClient, name: string, error: unknown): Promise<unknown> {
  if (!(error instanceof NotFoundError)) return error;
  const task = await client.task(name).catch(() => null);
  if (task === null) return error;
  return new NotFoundError(`${JSON.stringify(name)} is a task, not a stage`, {
    hint: `\`clic stages ${name}\` shows its stages`,
    cause: error,
  });
}

/**
 * What a look-up tells that only explains, or null where it fails: what is certain without it stays so.
 * @throws InterruptedError and what `isAnswer` picks out
 */
export async function orUnexplained<T>(
  lookUp: () => Promise<T>,
  isAnswer: (error: unknown) => boolean = () => false,
): Promise<T | null> {
  try {
    return await lookUp();
  } catch (error) {
    if (error instanceof InterruptedError || isAnswer(error)) throw error;
    return null;
  }
}

/** A stage's id is `<plan>-<eight letters>-<template>-<n>`, and any of these may have dashes of its own. */
function possibleTasks(stageId: string): string[] {
  return [...stageId.matchAll(/-[a-z]{8}(?=-)/g)].map(({ index }) => stageId.slice(0, index + 9));
}
