import type { StageRecord, TaskRecord } from '../../../src/master/scheduler/records.ts';

/** A task as a master could have stored it. */
export function taskRecord(name: string, fields: Partial<TaskRecord> = {}): TaskRecord {
  return {
    name,
    planName: 'wc',
    planDir: '/data/plans',
    seq: 1,
    submitTime: 1_795_415_014_123,
    startTime: null,
    completeTime: null,
    status: 'NEW',
    stageIds: [],
    ...fields,
  };
}

/** A stage of a task as a master could have stored it. */
export function stageRecord(id: string, taskName: string, fields: Partial<StageRecord> = {}): StageRecord {
  return {
    id,
    taskName,
    index: 0,
    platform: 'java',
    template: 'java-template',
    image: null,
    command: ['/bin/true'],
    env: {},
    outputPath: null,
    parents: [],
    children: [],
    status: 'WAITING',
    attempt: 0,
    live: false,
    takenUp: false,
    retryCount: 0,
    notBefore: null,
    startTime: null,
    completeTime: null,
    failure: null,
    ...fields,
  };
}

/** A task with its stages, `<name>-1` to `<name>-n`. */
export function taskWithStages(name: string, n: number): { task: TaskRecord; stages: StageRecord[] } {
  const stageIds = Array.from({ length: n }, (_, i) => `${name}-${i + 1}`);
  return {
    task: taskRecord(name, { stageIds }),
    stages: stageIds.map((id, index) => stageRecord(id, name, { index })),
  };
}
