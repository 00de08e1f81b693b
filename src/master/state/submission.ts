import { createHash } from 'node:crypto';
import { stageId } from '../../model/names.ts';
import type { Plan } from '../../model/plan.ts';
import { findDagPath } from '../../model/stage-command.ts';
import type { PlanOutline, PlanRecord, StageSpec } from './records.ts';

/** A plan that becomes a task. Nothing else may have the task's name, or one of its stages' ids. */
export interface Submission {
  readonly taskName: string;
  readonly planName: string;
  readonly planDir: string;
  readonly plan: PlanRecord;
}

/** A plan as it is stored; the same for the same content. */
export function planRecord(plan: Plan): PlanRecord {
  const outline: PlanOutline = {
    stages: plan.stages.map(({ name, template, dependencies, retry, deadlineMs, command, outputs }) => ({
      name,
      template,
      dependencies,
      retry,
      deadlineMs,
      reports: findDagPath(command) !== null,
      hasOutputs: outputs.length > 0,
    })),
    deadlineMs: plan.deadlineMs,
    parallelism: plan.parallelism,
  };
  const specs = plan.stages.map(({ image, command, entryWords, pod, env, outputPath, outputs }) => ({
    image,
    command,
    entryWords,
    pod,
    env,
    outputPath,
    outputs,
  }));
  return { id: planIdOf(outline, specs), outline, specs };
}

/** Names a plan's content: 128 bits of SHA-256, so that nobody finds two plans of the same id. */
export function planIdOf(outline: PlanOutline, specs: readonly StageSpec[]): string {
  return createHash('sha256').update(JSON.stringify({ outline, specs })).digest('hex').slice(0, 32);
}

/** The ids of the stages of a task of this name, in their order. */
export function stageIdsOf(taskName: string, outline: PlanOutline): string[] {
  return outline.stages.map(({ template }, index) => stageId(taskName, template, index + 1));
}
