import type { StageView } from '../../src/master/service/interfaces.ts';
import { handlersWithTasks, manyTasks, type MasterHandlers } from './master-handlers.ts';

const tasks = manyTasks(1);
/** The id of its only stage. */
export const STAGE = tasks[0]?.stageIds[0] ?? '';

/** A master with one waiting stage, which can be suspended and continued. `onChange` says whether that is carried out. */
export function oneStageMaster({ onChange }: { readonly onChange: () => boolean }): MasterHandlers {
  let status: StageView['status'] = 'WAITING';
  const change = (next: StageView['status']): Promise<boolean> => {
    const isCarriedOut = onChange();
    if (isCarriedOut) status = next;
    return Promise.resolve(isCarriedOut);
  };
  return {
    ...handlersWithTasks(tasks),
    stage: (id) => ({
      id,
      platform: 'java',
      parents: [],
      children: [],
      startTime: null,
      completeTime: null,
      status,
      retryCount: 0,
      failure: null,
      name: 'one',
      taskName: tasks[0]?.name ?? '',
      attempt: 0,
      log: null,
      waitsFor: null,
      jobInfo: '',
    }),
    suspendStage: () => change('SUSPEND'),
    continueStage: () => change('WAITING'),
  };
}
