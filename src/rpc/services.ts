/** A map as the wire carries it. */
export type WireMap = Readonly<Record<string, string>>;

/** One connection of a client, from its opening to its end. */
export interface Session {
  /** Unique within the process. */
  readonly id: number;
}

type Awaitable<T> = T | Promise<T>;

/**
 * What a server of the protocol serves: the services of the IDL, in its words. A PlanInvalidError that is thrown becomes a
 * refusal with its message, a RefusedError one with its message and its hint, anything else an internal error, which is also how a Java master answers an unknown name.
 */
export interface Services {
  /** null where only reports are taken. */
  readonly TaskService: TaskServiceHandler | null;
  readonly SchedulerService: SchedulerServiceHandler;
}

/** For users. */
export interface TaskServiceHandler {
  submitPlan(planName: string, planDagPath: string, session: Session): Awaitable<void>;
  /** @param limit only the latest so many; null for all */
  listAllTask(limit: number | null, session: Session): Awaitable<readonly WireMap[]>;
  /** An empty map when unknown. */
  getTaskInfo(planName: string, session: Session): Awaitable<WireMap>;
  /** An empty map when unknown. */
  getStageInfo(stageId: string): Awaitable<WireMap>;
  getStageIdOfTask(planName: string): Awaitable<readonly string[]>;
  suspendStage(stageId: string): Awaitable<boolean>;
  continueStage(stageId: string): Awaitable<boolean>;
  /** null where there is none, which goes out as an empty result. */
  getStageResult(stageId: string): Awaitable<string | null>;
}

/** For running stages. A NotFoundError that is thrown is answered with PARAMETER_ERROR. */
export interface SchedulerServiceHandler {
  postStageStarted(stageId: string): Awaitable<void>;
  postDataPrepared(stageId: string): Awaitable<void>;
  postStageCompleted(stageId: string): Awaitable<void>;
}
