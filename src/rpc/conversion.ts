import { ProtocolError } from '../model/errors.ts';
import type { StageStatus } from '../model/status.ts';
import type { StageInfo, TaskDetail, TaskSummary } from '../model/views.ts';
import type { WireMap } from './services.ts';

/** An ISO 8601 local time from `yyyy-MM-dd HH:mm:ss`; null for a missing one. @throws ProtocolError */
function parseTime(text: string | undefined): string | null {
  if (text === undefined || text.trim() === '' || text.trim() === '-') return null;
  if (!/^\d{4}-\d{2}-\d{2}[ T]\d{2}:\d{2}:\d{2}/.test(text))
    throw new ProtocolError(`the master sent the time ${JSON.stringify(text.slice(0, 40))}`);
  return `${text.slice(0, 10)}T${text.slice(11, 19)}`;
}

/** Milliseconds since 1970, from an ISO 8601 time with its zone; null for a missing one. @throws ProtocolError */
function parseInstant(text: string | undefined): number | null {
  if (text === undefined || text === '') return null;
  const time = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/.test(text)
    ? Date.parse(text)
    : NaN;
  if (Number.isNaN(time))
    throw new ProtocolError(`the master sent the instant ${JSON.stringify(text.slice(0, 40))}`);
  return time;
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
    failure: textOf(map, 'task_failure'),
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
