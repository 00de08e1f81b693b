import { NEW_STAGE, type StageState, type TaskRecord } from '../../state/records.ts';
import { checkedState, checkedTask, isObject } from '../decode.ts';
import { parseJavaDate } from './java-dates.ts';

/** A task as the Java master has it. `own`: what ours wrote beside that, and the Java master has not rewritten since. */
export interface JavaTask {
  readonly name: string;
  readonly submitTime: number | null;
  readonly stageIds: readonly string[];
  readonly own: TaskRecord | null;
}

/** A stage, likewise. */
export interface JavaStage {
  readonly parentIds: readonly string[];
  /** null where it says nothing that can be run. */
  readonly job: JavaJob | null;
  readonly outputPath: string | null;
  /** null: it is new. */
  readonly state: StageState | null;
  /** Its state is that of the Java master. */
  readonly isForeign: boolean;
}

interface JavaJob {
  readonly image: string | null;
  readonly command: readonly string[];
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Of its container: the plan's template. */
  readonly name: string;
}

/** @throws Error that says what is wrong with it */
export function readTask(json: string): JavaTask {
  const value = readObject(json);
  const own = value['clic'];
  return {
    name: readText(value, 'planName'),
    submitTime: dateIn(value, 'submitTime'),
    stageIds: readTexts(value['stageIdList'], 'stageIdList'),
    own: own === undefined || own === null ? null : checkedTask(own),
  };
}

/** @throws Error that says what is wrong with it */
export function readStage(json: string): JavaStage {
  const value = readObject(json);
  const { clic: own, outputDataPath: output } = value;
  const isForeign = own === undefined || own === null;
  return {
    parentIds: readTexts(value['parentStageIds'], 'parentStageIds'),
    job: readJob(value['jobInfo']),
    outputPath: typeof output === 'string' ? output : null,
    state: isForeign ? stateOf(value) : checkedState(own),
    isForeign,
  };
}

/** The state of a stage that the Java master has written; null for a new one. */
function stateOf(stage: Record<string, unknown>): StageState | null {
  const startTime = dateIn(stage, 'startTime');
  const completeTime = dateIn(stage, 'completeTime');
  const retryCount = typeof stage['retryCounts'] === 'number' ? stage['retryCounts'] : 0;
  const attempt = retryCount + 1;
  const started = { ...NEW_STAGE, attempt, retryCount, firstStartTime: startTime, startTime };
  switch (stage['stageStatus']) {
    case 'RUNNING':
    case 'PREPARED':
      return { ...started, status: stage['stageStatus'], live: true };
    case 'COMPLETED':
      return { ...started, status: 'COMPLETED', completeTime };
    case 'SUSPEND': {
      // What ours wrote of a failed stage.
      const isFailed = startTime !== null && completeTime !== null;
      if (!isFailed) return { ...NEW_STAGE, status: 'SUSPEND' };
      const failure = { attempt, reason: 'it failed before this master took it over', hasLog: false };
      return { ...started, status: 'FAILED', completeTime, failure };
    }
    default:
      return null;
  }
}

function readJob(job: unknown): JavaJob | null {
  const container = at(job, 'spec', 'template', 'spec', 'containers', 0);
  if (!isObject(container)) return null;
  const { image, name, env } = container;
  const variables = (Array.isArray(env) ? env : []).flatMap((one: unknown): [string, string][] =>
    isObject(one) && typeof one['name'] === 'string' && typeof one['value'] === 'string'
      ? [[one['name'], one['value']]]
      : [],
  );
  return {
    image: typeof image === 'string' ? image : null,
    command: readTexts(container['command'], 'command'),
    args: readTexts(container['args'], 'args'),
    env: Object.fromEntries(variables),
    name: typeof name === 'string' ? name : '',
  };
}

function at(value: unknown, ...path: readonly (string | number)[]): unknown {
  let found: unknown = value;
  for (const step of path) {
    if (typeof step === 'number') found = Array.isArray(found) ? found[step] : undefined;
    else found = isObject(found) ? found[step] : undefined;
  }
  return found;
}

function readObject(json: string): Record<string, unknown> {
  const value: unknown = JSON.parse(json);
  if (!isObject(value)) throw new Error('it is no object');
  return value;
}

function readText(value: Record<string, unknown>, field: string): string {
  const text = value[field];
  if (typeof text !== 'string' || text === '') throw new Error(`it has no ${field}`);
  return text;
}

function readTexts(value: unknown, field: string): string[] {
  const list: unknown[] = Array.isArray(value) ? value : [];
  return list.map((one) => {
    if (typeof one !== 'string') throw new Error(`its ${field} has something that is no text`);
    return one;
  });
}

function dateIn(value: Record<string, unknown>, field: string): number | null {
  const date = value[field];
  return typeof date === 'string' ? parseJavaDate(date) : null;
}
