import { stageId } from '../../model/names.ts';
import type { Plan } from '../../model/plan.ts';
import type { Submission } from './events.ts';
import type { StageRecord, TaskRecord } from './records.ts';

/** The ids that a plan's stages get in a task of this name, in their order. */
export function stageIdsOf(taskName: string, plan: Plan): string[] {
  return plan.stages.map((stage, index) => stageId(taskName, stage.template, index + 1));
}

/** The records of a task that was just submitted: nothing has started. */
export function newRecords(
  { taskName, planName, planDir, plan }: Submission,
  seq: number,
  now: number,
): { task: TaskRecord; stages: StageRecord[] } {
  const stageIds = stageIdsOf(taskName, plan);
  const idOf = (index: number): string => stageIds[index] ?? '';
  const children = childrenOf(plan);
  const stages = plan.stages.map((stage, index): StageRecord => ({
    id: idOf(index),
    taskName,
    index,
    platform: stage.platform,
    template: stage.template,
    image: stage.image,
    command: stage.command,
    env: stage.env,
    outputPath: stage.outputPath,
    parents: stage.dependencies.map(idOf),
    children: (children[index] ?? []).map(idOf),
    status: 'WAITING',
    attempt: 0,
    live: false,
    takenUp: false,
    retryCount: 0,
    notBefore: null,
    startTime: null,
    completeTime: null,
    failure: null,
  }));
  const task: TaskRecord = {
    name: taskName,
    planName,
    planDir,
    seq,
    submitTime: now,
    startTime: null,
    completeTime: null,
    status: 'NEW',
    stageIds,
  };
  return { task, stages };
}

function childrenOf(plan: Plan): number[][] {
  const children = plan.stages.map((): number[] => []);
  plan.stages.forEach((stage, index) => {
    for (const parent of stage.dependencies) children[parent]?.push(index);
  });
  return children;
}
