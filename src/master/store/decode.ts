import type { RetryStrategy } from '../../model/plan.ts';
import type { PodSettings } from '../../model/pod.ts';
import { isStageStatus, isTaskStatus } from '../../model/status.ts';
import type {
  PlanOutline,
  StageFailure,
  StageOutline,
  StageSpec,
  StageState,
  TaskRecord,
} from '../state/records.ts';

/** One check for each field: what a record must look like. */
type Shape<T> = { readonly [Field in keyof T]-?: (value: unknown) => value is T[Field] };
type Check<T> = (value: unknown) => value is T;

const text: Check<string> = (value) => typeof value === 'string';
const name: Check<string> = (value): value is string => text(value) && value !== '';
const flag: Check<boolean> = (value) => typeof value === 'boolean';
const count: Check<number> = (value): value is number => Number.isSafeInteger(value) && Number(value) >= 0;
const number: Check<number> = (value): value is number => typeof value === 'number' && value >= 0;
const listOf =
  <T>(is: Check<T>): Check<readonly T[]> =>
  (value): value is readonly T[] =>
    Array.isArray(value) && value.every(is);
const textMap = (value: unknown): value is Readonly<Record<string, string>> =>
  isObject(value) && Object.values(value).every(text);
const orNull =
  <T>(is: Check<T>): Check<T | null> =>
  (value): value is T | null =>
    value === null || is(value);
const object =
  <T>(shape: Shape<T>): Check<T> =>
  (value): value is T => {
    if (!isObject(value)) return false;
    for (const field in shape) if (!shape[field](value[field])) return false;
    return true;
  };

const TASK: Shape<TaskRecord> = {
  name,
  planName: text,
  planDir: text,
  planId: name,
  seq: count,
  submitTime: count,
  startTime: orNull(count),
  completeTime: orNull(count),
  status: (value) => text(value) && isTaskStatus(value),
  failure: orNull(text),
};

const RETRY: Shape<RetryStrategy> = {
  limit: orNull(count),
  delayMs: orNull(number),
  factor: orNull(number),
  maxDelayMs: orNull(number),
  maxDurationMs: orNull(number),
};

const STAGE_OUTLINE: Shape<StageOutline> = {
  name,
  template: name,
  dependencies: listOf(count),
  retry: orNull(object(RETRY)),
  deadlineMs: orNull(number),
  reports: flag,
  hasOutputs: flag,
};

const PLAN: Shape<PlanOutline> = {
  stages: listOf(object(STAGE_OUTLINE)),
  deadlineMs: orNull(number),
  parallelism: orNull(count),
};

const POD: Shape<PodSettings> = {
  container: isObject,
  pod: isObject,
  labels: textMap,
  annotations: textMap,
  patch: orNull(isObject),
};

const SPEC: Shape<StageSpec> = {
  image: orNull(text),
  command: listOf(text),
  entryWords: count,
  pod: orNull(object(POD)),
  env: textMap,
  outputPath: orNull(text),
  outputs: listOf(text),
};

const FAILURE: Shape<StageFailure> = { attempt: count, reason: text, hasLog: flag };

const STATE: Shape<StageState> = {
  status: (value) => text(value) && isStageStatus(value),
  attempt: count,
  live: flag,
  recovered: flag,
  reportedTime: orNull(count),
  overdue: flag,
  stopReason: orNull(text),
  retryCount: count,
  lossCount: count,
  displacedCount: count,
  notBefore: orNull(number),
  firstStartTime: orNull(count),
  startTime: orNull(count),
  completeTime: orNull(count),
  failure: orNull(object(FAILURE)),
};

/** Each takes a record for what it is. @throws Error that says what is wrong with it */
export const checkedTask = (value: unknown): TaskRecord => checked(value, TASK);
export const checkedState = (value: unknown): StageState =>
  checked(value, STATE, () => ({ displacedCount: 0 }));

/** Each reads a record from its JSON. @throws Error that says what is wrong with it */
export const decodeTask = (json: string): TaskRecord => checkedTask(JSON.parse(json));
export const decodeState = (json: string): StageState => checkedState(JSON.parse(json));
export const decodeSpec = (json: string): StageSpec =>
  checked(JSON.parse(json), SPEC, ({ command }) => ({
    entryWords: Array.isArray(command) ? command.length : 0,
    pod: null,
  }));

/** @throws Error that says what is wrong with it */
export function decodePlan(json: string): PlanOutline {
  const plan = checked(JSON.parse(json), PLAN, () => ({ parallelism: null }));
  for (const { name: stage, dependencies } of plan.stages) {
    const beyond = dependencies.find((index) => index >= plan.stages.length);
    if (beyond !== undefined)
      throw new Error(`its stage ${stage} depends on stage ${beyond + 1}, which it does not have`);
  }
  return plan;
}

/** @param added what stands for fields that records did not have from the beginning */
function checked<T>(
  parsed: unknown,
  shape: Shape<T>,
  added: (record: Record<string, unknown>) => Partial<T> = () => ({}),
): T {
  const value: unknown = isObject(parsed) ? { ...added(parsed), ...parsed } : parsed;
  check(value, shape);
  return value;
}

function check<T>(value: unknown, shape: Shape<T>): asserts value is T {
  if (!isObject(value)) throw new Error('it is no object');
  for (const field in shape) {
    if (!Object.hasOwn(value, field)) throw new Error(`it has no field ${field}`);
    if (!shape[field](value[field])) throw new Error(`its field ${field} can't be ${excerpt(value[field])}`);
  }
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function excerpt(value: unknown): string {
  const json = JSON.stringify(value);
  return json.length > 60 ? `${json.slice(0, 60)}…` : json;
}
