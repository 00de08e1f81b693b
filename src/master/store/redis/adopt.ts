import { stageId, TASK_SUFFIX_LENGTH } from '../../../model/names.ts';
import { findDagPath } from '../../../model/stage-command.ts';
import { isObject } from '../decode.ts';
import type {
  PlanOutline,
  PlanRecord,
  StageOutline,
  StageSpec,
  StageState,
  TaskRecord,
} from '../../state/records.ts';
import { planIdOf, stageIdsOf } from '../../state/submission.ts';
import type { JavaStage, JavaTask } from './java-read.ts';

/** What a task has that the Java master drops when it rewrites it. */
export type TaskFacts = Pick<TaskRecord, 'planName' | 'planDir' | 'planId' | 'seq' | 'submitTime'>;

/** A task that was taken over from the Java master, as ours. */
export interface AdoptedTask {
  readonly task: TaskRecord;
  readonly plan: PlanRecord;
  /** By index; one that is absent is new. */
  readonly states: ReadonlyMap<number, StageState>;
}

/** The Java master does not say from where a plan was read; they are usually here. */
const PLAN_DIR = '/data';
/** What a master adds for a stage's program. */
const ADDED = / --stageId=\S+ --masterHost=\S+ --masterPort=\S+(?: $)?/g;

/**
 * Makes a task of ours of one that only the Java master knows: its plan is put together from what the stages say.
 * @throws Error that says why it can't be taken over
 */
export function adopt(java: JavaTask, stages: ReadonlyMap<string, JavaStage>, seq: number): AdoptedTask {
  const ordered = inOrder(java, stages);
  const indexes = new Map(ordered.map(({ id }, index) => [id, index]));
  const outline: PlanOutline = {
    stages: ordered.map(({ stage, template, id }, index) => outlineOf(stage, template, id, index, indexes)),
    deadlineMs: null,
    parallelism: null,
  };
  const specs = ordered.map(({ id, stage }) => specOf(id, stage));
  const planId = planIdOf(outline, specs);
  const facts: TaskFacts = {
    planName: planNameOf(java.name),
    planDir: PLAN_DIR,
    planId,
    seq,
    submitTime: java.submitTime ?? Date.now(),
  };
  const states = new Map(ordered.flatMap(({ stage }, index) => (stage.state ? [[index, stage.state]] : [])));
  return {
    task: taskOf(java.name, facts, statesIn(states, ordered.length)),
    plan: { id: planId, outline, specs },
    states,
  };
}

/** The record of a task whose stages the Java master has changed. @param states null for a new stage */
export function taskOf(name: string, facts: TaskFacts, states: readonly (StageState | null)[]): TaskRecord {
  const started = states.flatMap((state) => state?.firstStartTime ?? []);
  const ended = states.flatMap((state) => state?.completeTime ?? []);
  const isComplete = states.every((state) => state?.status === 'COMPLETED');
  const failed = states.some((state) => state?.status === 'FAILED');
  const isOver = isComplete || (failed && !states.some((state) => state?.live === true));
  const startTime = started.length > 0 ? Math.min(...started) : null;
  return {
    name,
    ...facts,
    startTime,
    completeTime: isOver ? Math.max(facts.submitTime, ...ended) : null,
    status: isComplete ? 'COMPLETED' : failed ? 'FAILED' : startTime === null ? 'NEW' : 'RUNNING',
    failure: failed ? 'a stage failed before this master took the task over' : null,
  };
}

/** All states of a plan of so many stages. */
export function statesIn(states: ReadonlyMap<number, StageState>, count: number): (StageState | null)[] {
  return Array.from({ length: count }, (_, index) => states.get(index) ?? null);
}

/** True where the plan's stages are those of the task. */
export function isPlanOf(outline: PlanOutline, { name, stageIds }: JavaTask): boolean {
  const ids = stageIdsOf(name, outline);
  return ids.length === stageIds.length && ids.every((id) => stageIds.includes(id));
}

/** @throws Error */
export function readFacts(json: string): TaskFacts {
  const value: unknown = JSON.parse(json);
  const isText = (one: unknown): one is string => typeof one === 'string';
  const isCount = (one: unknown): one is number => Number.isSafeInteger(one);
  if (isObject(value)) {
    const { planName, planDir, planId, seq, submitTime } = value;
    if (isText(planName) && isText(planDir) && isText(planId) && isCount(seq) && isCount(submitTime))
      return { planName, planDir, planId, seq, submitTime };
  }
  throw new Error('it does not say what task it is');
}

/** In the JSON of the index. */
export function factsJson({ planName, planDir, planId, seq, submitTime }: TaskRecord): string {
  return JSON.stringify({ planName, planDir, planId, seq, submitTime });
}

interface Ordered {
  readonly id: string;
  readonly template: string;
  readonly stage: JavaStage;
}

/** The stages by the number at the end of their ids. */
function inOrder({ name, stageIds }: JavaTask, stages: ReadonlyMap<string, JavaStage>): Ordered[] {
  const ordered: Ordered[] = [];
  for (const id of stageIds) {
    const stage = stages.get(id);
    if (stage === undefined) throw new Error(`its stage ${id} is not there`);
    const number = Number(/-([1-9]\d{0,5})$/.exec(id)?.[1]);
    const template = id.slice(name.length + 1, -(String(number).length + 1));
    if (stageId(name, template, number) !== id || template === '' || ordered[number - 1] !== undefined)
      throw new Error(`${id} is no name of a stage of it`);
    ordered[number - 1] = { id, template, stage };
  }
  if (stageIds.length === 0) throw new Error('it has no stages');
  if (ordered.length !== stageIds.length) throw new Error('the numbers of its stages have gaps');
  return ordered;
}

function outlineOf(
  { parentIds, job, outputPath }: JavaStage,
  template: string,
  id: string,
  index: number,
  indexes: ReadonlyMap<string, number>,
): StageOutline {
  const dependencies = parentIds.map((parent) => {
    const at = indexes.get(parent);
    if (at === undefined || at === index)
      throw new Error(`its stage ${id} waits for ${parent}, which is none of it`);
    return at;
  });
  return {
    name: `${template}-${index + 1}`,
    template,
    dependencies,
    retry: null,
    deadlineMs: null,
    reports: job !== null && findDagPath([...job.command, ...job.args]) !== null,
    hasOutputs: outputPath !== null,
  };
}

function specOf(id: string, { job, outputPath }: JavaStage): StageSpec {
  if (job === null) throw new Error(`its stage ${id} does not say what it runs`);
  return {
    image: job.image,
    command: [...job.command, ...job.args.map((arg) => arg.replace(ADDED, ''))],
    entryWords: job.command.length,
    pod: null,
    env: job.env,
    outputPath,
    outputs: outputPath === null ? [] : [outputPath],
  };
}

function planNameOf(taskName: string): string {
  const name = taskName.slice(0, -(TASK_SUFFIX_LENGTH + 1));
  return /-[a-z]{8}$/.test(taskName) && name !== '' ? name : taskName;
}
