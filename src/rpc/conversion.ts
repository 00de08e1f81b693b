import { ProtocolError } from '../model/errors.ts';
import type { StageStatus } from '../model/status.ts';
import type { StageInfo, TaskDetail, TaskSummary } from '../model/views.ts';
import type { StageView, TaskView } from './handlers.ts';

/** How the wire writes a time that there is none of: three spaces and a dash. */
const NO_TIME = '   -';

/** A map as the wire carries it. */
export type WireMap = Readonly<Record<string, string>>;

/** An ISO 8601 local time from `yyyy-MM-dd HH:mm:ss`; null for a missing one. @throws ProtocolError */
function parseTime(text: string | undefined): string | null {
  if (text === undefined || text.trim() === '' || text.trim() === '-') return null;
  const match = /^(\d{4}-\d{2}-\d{2})[ T](\d{2}:\d{2}:\d{2})/.exec(text);
  if (match === null)
    throw new ProtocolError(`the master sent the time ${JSON.stringify(text.slice(0, 40))}`);
  return `${match[1] ?? ''}T${match[2] ?? ''}`;
}

/** Milliseconds since 1970, from an ISO 8601 time with its zone; null for a missing one. @throws ProtocolError */
function parseInstant(text: string | undefined): number | null {
  if (text === undefined || text === '') return null;
  const time = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/.test(text)
    ? Date.parse(text)
    : NaN;
  if (Number.isNaN(time))
    throw new ProtocolError(`the master sent the instant ${JSON.stringify(text.slice(0, 40))}`);
  return time;
}

/** `yyyy-MM-dd HH:mm:ss` in this process's zone. @param time milliseconds since 1970 */
function formatTime(time: number | null): string {
  if (time === null) return NO_TIME;
  const date = new Date(time);
  const two = (n: number): string => (n < 10 ? `0${n}` : `${n}`);
  const day = `${String(date.getFullYear()).padStart(4, '0')}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return `${day} ${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
}

function parseCount(map: WireMap, key: string): number | null {
  const text = map[key];
  if (text === undefined || text === '') return null;
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 0) {
    throw new ProtocolError(`the master sent ${key}=${JSON.stringify(text.slice(0, 40))}, not a number`);
  }
  return value;
}

function parseList(text: string | undefined): string[] {
  return text === undefined || text === '' ? [] : text.split(',');
}

/** null where it is missing or empty. */
function textOf(map: WireMap, key: string): string | null {
  const text = map[key];
  return text === undefined || text === '' ? null : text;
}

function required(map: WireMap, key: string): string {
  const value = map[key];
  if (value === undefined) throw new ProtocolError(`the master sent no ${key}`);
  return value;
}

/** @throws ProtocolError a value is missing or not of its form */
export function parseTask(map: WireMap): TaskSummary {
  return {
    name: required(map, 'plan_name'),
    planName: textOf(map, 'plan'),
    submitTime: parseTime(map['submit_time']),
    startTime: parseTime(map['start_time']),
    completeTime: parseTime(map['complete_time']),
    submitAt: parseInstant(map['submit_at']),
    startAt: parseInstant(map['start_at']),
    completeAt: parseInstant(map['complete_at']),
    status: required(map, 'task_status'),
    runtimeSeconds: parseCount(map, 'task_runtime'),
    submittedHere: map['submitted_here'] === '1',
  };
}

/** @throws ProtocolError */
export function parseTaskDetail(map: WireMap): TaskDetail {
  const stageIds = parseList(map['task_stage_list']);
  return { ...parseTask(map), stageCount: parseCount(map, 'task_stage_num') ?? stageIds.length, stageIds };
}

/** @throws ProtocolError */
export function parseStage(map: WireMap): StageInfo {
  const startTime = parseTime(map['start_time']);
  const completeTime = parseTime(map['complete_time']);
  const status = map['stage_status'];
  return {
    id: required(map, 'stage_id'),
    name: textOf(map, 'stage_name'),
    taskName: textOf(map, 'task_name'),
    platform: map['platform'] ?? '',
    parents: parseList(map['parent_list']),
    children: parseList(map['children_list']),
    startTime,
    completeTime,
    startAt: parseInstant(map['start_at']),
    completeAt: parseInstant(map['complete_at']),
    status: status ?? statusOfTimes(startTime, completeTime),
    statusSource: status === undefined ? 'times' : 'master',
    retryCount: parseCount(map, 'retry_count') ?? 0,
    attempt: parseCount(map, 'attempt'),
    failure: textOf(map, 'stage_failure'),
    log: textOf(map, 'stage_log'),
    waitsFor: textOf(map, 'stage_waits'),
    runtimeSeconds: parseCount(map, 'stage_runtime'),
    jobInfo: map['job_info'] ?? '',
  };
}

function statusOfTimes(startTime: string | null, completeTime: string | null): StageStatus {
  if (completeTime !== null) return 'COMPLETED';
  return startTime === null ? 'WAITING' : 'RUNNING';
}

function runtime(startTime: number | null, completeTime: number | null): string {
  if (startTime === null || completeTime === null) return '';
  return String(Math.max(0, Math.floor((completeTime - startTime) / 1000)));
}

/** The map of `listAllTask`, its keys in the order of the existing master. */
export function taskMap(task: TaskView): WireMap {
  return {
    start_time: formatTime(task.startTime),
    task_status: task.status,
    submit_time: formatTime(task.submitTime),
    complete_time: formatTime(task.completeTime),
    plan_name: task.name,
    task_runtime: runtime(task.startTime, task.completeTime),
    ...(task.submittedHere ? { submitted_here: '1' } : {}),
  };
}

/** The map of `getTaskInfo`. */
export function taskDetailMap(task: TaskView): WireMap {
  return {
    task_stage_num: String(task.stageIds.length),
    start_time: formatTime(task.startTime),
    task_status: task.status,
    task_stage_list: task.stageIds.join(','),
    submit_time: formatTime(task.submitTime),
    complete_time: formatTime(task.completeTime),
    plan_name: task.name,
    task_runtime: runtime(task.startTime, task.completeTime),
    ...(task.submittedHere ? { submitted_here: '1' } : {}),
  };
}

/** The map of `getStageInfo`; `stage_status` and `stage_failure` are additions that older clients ignore. */
export function stageMap(stage: StageView): WireMap {
  return {
    start_time: formatTime(stage.startTime),
    complete_time: formatTime(stage.completeTime),
    stage_id: stage.id,
    children_list: stage.children.join(','),
    retry_count: String(stage.retryCount),
    job_info: stage.jobInfo,
    stage_runtime: runtime(stage.startTime, stage.completeTime),
    parent_list: stage.parents.join(','),
    platform: stage.platform,
    stage_status: stage.status,
    ...(stage.failure === null ? {} : { stage_failure: stage.failure }),
  };
}
