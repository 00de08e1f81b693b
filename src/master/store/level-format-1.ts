import type { BatchOperation, ClassicLevel } from 'classic-level';
import { isStageStatus, isTaskStatus } from '../../model/status.ts';
import {
  NEW_STAGE,
  type PlanOutline,
  type StageSpec,
  type StageState,
  type TaskRecord,
} from '../state/records.ts';
import { planIdOf } from '../state/submission.ts';
import { isObject } from './decode.ts';
import { FORMAT_KEY, keyOf } from './level-keys.ts';

/*
 * Format 1, of clic-master 0.2: `task:<name>` with the ids of its stages, and `stage:<id>` with everything about a stage. What
 * it did not have: the plan's own names of the stages, for which `<template>-<n>` stands; and the rules that executors have
 * to report their completion and that declared results are looked for, which its stages were not started under.
 */

type Fields = Readonly<Record<string, unknown>>;
type Operation = BatchOperation<ClassicLevel, string, string>;

/** Rewrites a database of format 1 as one of format 2, in one batch. @throws Error that says which record is damaged */
export async function migrateFormat1(db: ClassicLevel): Promise<void> {
  const tasks: Fields[] = [];
  const stages = new Map<string, Fields>();
  const operations: Operation[] = [];
  for await (const [key, json] of db.iterator()) {
    if (key === FORMAT_KEY) continue;
    operations.push({ type: 'del', key });
    const fields = parsed(key, json);
    if (key.startsWith('task:')) tasks.push(fields);
    else stages.set(key.slice('stage:'.length), fields);
  }
  const put = (key: string, record: object): void => {
    operations.push({ type: 'put', key, value: JSON.stringify(record) });
  };
  for (const task of tasks) {
    const name = text(task, 'name');
    const ids = texts(task, 'stageIds');
    const own = ids.map((id) => stages.get(id) ?? damaged(`task:${name}`, `its stage ${id} is not there`));
    const outline = outlineOf(own, ids);
    const specs = own.map(specOf);
    const planId = planIdOf(outline, specs);
    put(keyOf.plan(planId), outline);
    for (const [index, spec] of specs.entries()) put(keyOf.spec(planId, index), spec);
    put(keyOf.task(name), taskOf(task, planId));
    for (const [index, stage] of own.entries())
      put(keyOf.stage(name, index), stateOf(stage, task['completeTime'] !== null));
  }
  operations.push({ type: 'put', key: FORMAT_KEY, value: '2' });
  await db.batch(operations, { sync: true });
}

function taskOf(task: Fields, planId: string): TaskRecord {
  const status = text(task, 'status');
  if (!isTaskStatus(status)) return damaged(text(task, 'name'), `its status can't be ${status}`);
  return {
    name: text(task, 'name'),
    planName: text(task, 'planName'),
    planDir: text(task, 'planDir'),
    planId,
    seq: count(task, 'seq'),
    submitTime: count(task, 'submitTime'),
    startTime: time(task, 'startTime'),
    completeTime: time(task, 'completeTime'),
    status,
    failure: null,
  };
}

function outlineOf(stages: readonly Fields[], ids: readonly string[]): PlanOutline {
  return {
    stages: stages.map((stage, index) => ({
      name: `${text(stage, 'template')}-${index + 1}`,
      template: text(stage, 'template'),
      dependencies: texts(stage, 'parents').map((parent) => indexOf(ids, parent, text(stage, 'id'))),
      retry: null,
      deadlineMs: null,
      reports: false,
      hasOutputs: false,
    })),
    deadlineMs: null,
    parallelism: null,
  };
}

function indexOf(ids: readonly string[], parent: string, id: string): number {
  const index = ids.indexOf(parent);
  return index === -1 ? damaged(`stage:${id}`, `its parent ${parent} is not of its task`) : index;
}

function specOf(stage: Fields): StageSpec {
  const env = stage['env'];
  const pairs = isObject(env) ? Object.entries(env) : damaged(text(stage, 'id'), 'it has no env');
  const command = texts(stage, 'command');
  return {
    image: textOrNull(stage, 'image'),
    command,
    entryWords: command.length,
    pod: null,
    env: Object.fromEntries(pairs.map(([name, value]) => [name, String(value)])),
    outputPath: textOrNull(stage, 'outputPath'),
    outputs: [],
  };
}

/** @param isOver whether its task is: then nothing of it runs, or is waited for */
function stateOf(stage: Fields, isOver: boolean): StageState {
  const status = text(stage, 'status');
  if (!isStageStatus(status)) return damaged(text(stage, 'id'), `its status can't be ${status}`);
  const attempt = count(stage, 'attempt');
  const live = stage['live'] === true && !isOver;
  const failure = textOrNull(stage, 'failure');
  const state: StageState = {
    ...NEW_STAGE,
    status,
    attempt,
    live,
    recovered: stage['takenUp'] === true,
    stopReason: live ? failure : null,
    retryCount: count(stage, 'retryCount'),
    notBefore: time(stage, 'notBefore'),
    firstStartTime: time(stage, 'startTime'),
    startTime: time(stage, 'startTime'),
    completeTime: time(stage, 'completeTime'),
    failure: live || failure === null ? null : { attempt, reason: failure, hasLog: true },
  };
  // What had reported its completion was COMPLETED while its program went on.
  if (status !== 'COMPLETED' || !live) return state;
  return { ...state, status: 'PREPARED', reportedTime: state.completeTime, completeTime: null };
}

function parsed(key: string, json: string): Fields {
  const value: unknown = JSON.parse(json);
  return isObject(value) ? value : damaged(key, 'it is no object');
}

function text(fields: Fields, name: string): string {
  const value = fields[name];
  return typeof value === 'string'
    ? value
    : damaged(String(fields['name'] ?? fields['id']), `it has no ${name}`);
}

function textOrNull(fields: Fields, name: string): string | null {
  return fields[name] === null ? null : text(fields, name);
}

function texts(fields: Fields, name: string): string[] {
  const value = fields[name];
  if (!Array.isArray(value)) return damaged(String(fields['name'] ?? fields['id']), `it has no ${name}`);
  return value.map(String);
}

function count(fields: Fields, name: string): number {
  const value = fields[name];
  return typeof value === 'number' && value >= 0
    ? Math.floor(value)
    : damaged(String(fields['name'] ?? fields['id']), `it has no ${name}`);
}

function time(fields: Fields, name: string): number | null {
  return fields[name] === null ? null : count(fields, name);
}

function damaged(record: string, problem: string): never {
  throw new Error(`the record ${JSON.stringify(record)} is damaged: ${problem}`);
}
