import type { StageInfo, TaskDetail, TaskSummary } from '../../src/model/views.ts';

/** A task as a client sees it: new, unless said otherwise. */
export function aTask(changes: Partial<TaskSummary> = {}): TaskSummary {
  return {
    name: 'wordcount-abcdefgh',
    planName: null,
    submitTime: '2026-11-23T06:24:07',
    startTime: null,
    completeTime: null,
    submitAt: null,
    startAt: null,
    completeAt: null,
    status: 'NEW',
    runtimeSeconds: null,
    failure: null,
    submittedHere: false,
    ...changes,
  };
}

export function aTaskDetail(changes: Partial<TaskDetail> = {}): TaskDetail {
  const stageIds = changes.stageIds ?? [
    'wordcount-abcdefgh-java-template-1',
    'wordcount-abcdefgh-spark-template-2',
  ];
  return { ...aTask(), stageCount: stageIds.length, stageIds, ...changes };
}

/** A stage as a client sees it: waiting, unless said otherwise. */
export function aStage(changes: Partial<StageInfo> = {}): StageInfo {
  return {
    id: 'wordcount-abcdefgh-java-template-1',
    name: null,
    taskName: null,
    platform: 'java',
    parents: [],
    children: ['wordcount-abcdefgh-spark-template-2'],
    startTime: null,
    completeTime: null,
    startAt: null,
    completeAt: null,
    status: 'WAITING',
    statusSource: 'times',
    retryCount: 0,
    attempt: null,
    failure: null,
    log: null,
    waitsFor: null,
    runtimeSeconds: null,
    jobInfo: 'java -jar x.jar',
    ...changes,
  };
}
