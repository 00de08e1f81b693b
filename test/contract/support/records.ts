import type { Changes } from '../../../src/master/state/changes.ts';
import {
  NEW_STAGE,
  type PlanRecord,
  type StageOutline,
  type StageSpec,
  type StageState,
  type TaskRecord,
} from '../../../src/master/state/records.ts';

const OUTLINE: StageOutline = {
  name: 's',
  template: 'java-template',
  dependencies: [],
  retry: null,
  deadlineMs: null,
  reports: false,
  hasOutputs: false,
};
const SPEC: StageSpec = {
  image: null,
  command: ['/bin/true'],
  entryWords: 1,
  pod: null,
  env: {},
  outputPath: null,
  outputs: [],
};

/** A task as a master could have stored it. */
export function taskRecord(name: string, fields: Partial<TaskRecord> = {}): TaskRecord {
  return {
    name,
    planName: 'wc',
    planDir: '/data/plans',
    planId: `plan-of-${name}`,
    seq: 1,
    submitTime: 1_795_415_014_123,
    startTime: null,
    completeTime: null,
    status: 'NEW',
    failure: null,
    ...fields,
  };
}

/** A plan of n stages. */
export function planOf(id: string, n: number): PlanRecord {
  const stages = Array.from({ length: n }, (_, index) => ({ ...OUTLINE, name: `s${index + 1}` }));
  return { id, outline: { stages, deadlineMs: null, parallelism: null }, specs: stages.map(() => SPEC) };
}

export function stageState(fields: Partial<StageState> = {}): StageState {
  return { ...NEW_STAGE, ...fields };
}

export function changes(fields: Partial<Changes>): Changes {
  return { plans: [], tasks: [], stages: [], deletedTasks: [], deletedPlans: [], ...fields };
}

/** What a master stores when a task of n stages is submitted, and all of them are launched. */
export function submission(name: string, n: number, fields: Partial<TaskRecord> = {}): Changes {
  const task = taskRecord(name, fields);
  const state = stageState({ status: 'RUNNING', attempt: 1, live: true });
  return changes({
    plans: [planOf(task.planId, n)],
    tasks: [task],
    stages: Array.from({ length: n }, (_, index) => ({ taskName: name, index, state })),
  });
}
