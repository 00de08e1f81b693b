/**
 * The services of clic-master, spoken on one TCP port (7777 by default):
 * strict TBinaryProtocol, unframed, multiplexed as `<Service>:<method>`.
 */
include "base.thrift"

namespace java fdu.daslab.thrift.master
namespace py fdu.daslab.thrift.master

/** For users: the clic shell and the plan builder inside a plan jar. */
service TaskService {
  /** Submits the plan file at planDagPath, an absolute path that the master opens. */
  void submitPlan(1: string planName, 2: string planDagPath),

  /**
   * Every task: plan_name submit_time start_time complete_time task_status task_runtime.
   * With a limit above 0, only the latest so many. It may be absent, and a Java master does not know it.
   */
  list<map<string, string>> listAllTask(1: i32 limit),

  /** One task, with task_stage_num and task_stage_list as well; an empty map when unknown. */
  map<string, string> getTaskInfo(1: string planName),

  /** One stage; an empty map when unknown. */
  map<string, string> getStageInfo(1: string stageId),

  /** The ids of a task's stages, in the order of the plan. */
  list<string> getStageIdOfTask(1: string planName),

  /** True when the stage was waiting and is now held back. */
  bool suspendStage(1: string stageId),

  /** True when the stage was suspended and is now waiting again. */
  bool continueStage(1: string stageId),

  /** The path of a completed stage's result. */
  string getStageResult(1: string stageId)
}

/** For running stages: what an executor reports about itself. */
service SchedulerService {
  /** The stage's program has started. */
  base.ServiceBaseResult postStageStarted(1: string stageId, 2: map<string, string> submitMsg),

  /** The stage's output can be read: releases the stages that depend on it. */
  base.ServiceBaseResult postDataPrepared(1: string stageId),

  /** The stage's program has done its work. */
  base.ServiceBaseResult postStageCompleted(1: string stageId, 2: map<string, string> submitMsg)
}
