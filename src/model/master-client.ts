import type { StageInfo, TaskDetail, TaskSummary } from './views.ts';

/**
 * What can be asked of a clic-master. Every promise settles within the deadline of a call.
 *
 * All methods throw UnreachableError, ProtocolError or RefusedError; those that name a task or stage throw
 * NotFoundError where the master does not know it.
 */
export interface MasterClient {
  /**
   * Sends the plan once.
   * @throws PlanInvalidError the master has read the plan and refuses it; nothing was stored
   * @throws OutcomeUnknownError the request may have arrived, and no answer came
   */
  submitPlan(planName: string, planDagPath: string): Promise<void>;
  /** @param options.limit only so many, the latest: masters that don't know it send all of them */
  listTasks(options?: { readonly limit?: number | undefined }): Promise<TaskSummary[]>;
  task(taskName: string): Promise<TaskDetail>;
  stage(stageId: string): Promise<StageInfo>;
  stageIds(taskName: string): Promise<string[]>;
  /** Every stage of a task, in its order. */
  stagesOf(taskName: string): Promise<StageInfo[]>;
  /** True when the stage was waiting and is now suspended. @throws OutcomeUnknownError */
  suspendStage(stageId: string): Promise<boolean>;
  /** True when the stage was suspended and is now waiting. @throws OutcomeUnknownError */
  continueStage(stageId: string): Promise<boolean>;
  /** The path of the result, or null where the master has none: not completed, or no output. */
  resultPath(stageId: string): Promise<string | null>;
  close(): void;
}
