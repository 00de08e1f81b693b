import { NotFoundError } from '../../src/model/errors.ts';
import type { Commands, Queries, Reports, TaskDetailView } from '../../src/master/service/interfaces.ts';

/** All that a master does for its clients. */
export type MasterHandlers = Queries & Commands & Reports;

/** A master that knows these tasks, and refuses everything that would change something. */
export function handlersWithTasks(tasks: readonly TaskDetailView[]): MasterHandlers {
  const refuse = (what: string) => () => Promise.reject(new NotFoundError(`no ${what} here`));
  return {
    listTasks: () => tasks,
    task: (name) => tasks.find((task) => task.name === name) ?? null,
    stage: () => null,
    stageIds: (name) => tasks.find((task) => task.name === name)?.stageIds ?? [],
    resultPath: () => null,
    submitPlan: refuse('plan'),
    suspendStage: refuse('stage'),
    continueStage: refuse('stage'),
    stageStarted: refuse('stage'),
    dataPrepared: refuse('stage'),
    stageCompleted: refuse('stage'),
  };
}

/** `count` tasks, each with one stage. */
export function manyTasks(count: number): TaskDetailView[] {
  return Array.from({ length: count }, (_, i) => {
    const name = `task${String(i).padStart(6, '0')}-abcdefgh`;
    return {
      name,
      planName: name.slice(0, -9),
      failure: null,
      submitTime: Date.UTC(2026, 0, 1) + i * 1000,
      startTime: null,
      completeTime: null,
      status: 'NEW' as const,
      stageIds: [`${name}-java-template-1`],
      submittedHere: false,
    };
  });
}
