import { isStageStatus, isTaskStatus } from '../../model/status.ts';
import type { StageRecord, TaskRecord } from '../scheduler/records.ts';

/** For each field of a record, what its value must be. */
type Shape<T> = { readonly [K in keyof T]-?: (value: unknown) => value is T[K] };

const text = (value: unknown): value is string => typeof value === 'string';
const name = (value: unknown): value is string => text(value) && value !== '';
const flag = (value: unknown): value is boolean => typeof value === 'boolean';
const time = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value);
const count = (value: unknown): value is number => Number.isSafeInteger(value) && Number(value) >= 0;
const texts = (value: unknown): value is string[] => Array.isArray(value) && value.every(text);
const textMap = (value: unknown): value is Record<string, string> =>
  isObject(value) && Object.values(value).every(text);
const orNull =
  <T>(is: (value: unknown) => value is T) =>
  (value: unknown): value is T | null =>
    value === null || is(value);

const TASK: Shape<TaskRecord> = {
  name,
  planName: text,
  planDir: text,
  seq: count,
  submitTime: time,
  startTime: orNull(time),
  completeTime: orNull(time),
  status: (value) => text(value) && isTaskStatus(value),
  stageIds: texts,
};

const STAGE: Shape<StageRecord> = {
  id: name,
  taskName: name,
  index: count,
  platform: text,
  template: text,
  image: orNull(text),
  command: texts,
  env: textMap,
  outputPath: orNull(text),
  parents: texts,
  children: texts,
  status: (value) => text(value) && isStageStatus(value),
  attempt: count,
  live: flag,
  takenUp: flag,
  retryCount: count,
  notBefore: orNull(time),
  startTime: orNull(time),
  completeTime: orNull(time),
  failure: orNull(text),
};

/** Fields that the first version of this format did not have, as records without them are meant. */
const LATER_FIELDS: Partial<StageRecord> = { takenUp: false };

/** A task from its JSON. @throws Error that says what is wrong with it */
export function decodeTask(json: string): TaskRecord {
  return decode(json, TASK, {});
}

/** A stage from its JSON. @throws Error that says what is wrong with it */
export function decodeStage(json: string): StageRecord {
  return decode(json, STAGE, LATER_FIELDS);
}

function decode<T>(json: string, shape: Shape<T>, defaults: Partial<T>): T {
  const parsed: unknown = JSON.parse(json);
  const value: unknown = isObject(parsed) ? { ...defaults, ...parsed } : parsed;
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

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function excerpt(value: unknown): string {
  const json = JSON.stringify(value);
  return json.length > 60 ? `${json.slice(0, 60)}…` : json;
}
