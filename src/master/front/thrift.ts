import type { Services } from '../../rpc/services.ts';
import type { Commands, Queries, Reports } from '../service/interfaces.ts';
import { stageMap, taskDetailMap, taskMap } from './maps.ts';

/** What a master does, in the words of the protocol. */
export function thriftServices(master: Queries & Commands & Reports): Services {
  return {
    TaskService: {
      submitPlan: (planName, planDagPath, session) => master.submitPlan(planName, planDagPath, session),
      listAllTask: async (limit, session) => Array.from(await master.listTasks(session, limit), taskMap),
      getTaskInfo: async (planName, session) => {
        const task = await master.task(planName, session);
        return task === null ? {} : taskDetailMap(task);
      },
      getStageInfo: async (stageId) => {
        const stage = await master.stage(stageId);
        return stage === null ? {} : stageMap(stage);
      },
      getStageIdOfTask: (planName) => master.stageIds(planName),
      suspendStage: (stageId) => master.suspendStage(stageId),
      continueStage: (stageId) => master.continueStage(stageId),
      getStageResult: (stageId) => master.resultPath(stageId),
    },
    SchedulerService: {
      postStageStarted: (stageId) => master.stageStarted(stageId),
      postDataPrepared: (stageId) => master.dataPrepared(stageId),
      postStageCompleted: (stageId) => master.stageCompleted(stageId),
    },
  };
}
