import type { ShownStatus, TaskStatus } from '../../model/status.ts';

/** One connection of a client, from its opening to its end. */
export interface Session {
  /** Unique within the process. */
  readonly id: number;
}

/** A task as a master shows it. Times are milliseconds since 1970. */
export interface TaskView {
  readonly name: string;
  readonly planName: string;
  readonly submitTime: number;
  readonly startTime: number | null;
  readonly completeTime: number | null;
  readonly status: TaskStatus;
  /** Why it failed: which stage, and why that, or for which deadline. */
  readonly failure: string | null;
  /** True when it was submitted over the asking session. */
  readonly submittedHere: boolean;
}

export interface TaskDetailView extends TaskView {
  /** In the order of the plan. */
  readonly stageIds: readonly string[];
}

export interface StageView {
  readonly id: string;
  /** The plan's own name of it. */
  readonly name: string;
  readonly taskName: string;
  readonly platform: string;
  readonly parents: readonly string[];
  readonly children: readonly string[];
  readonly startTime: number | null;
  readonly completeTime: number | null;
  readonly status: ShownStatus;
  readonly retryCount: number;
  /** How often it was launched. */
  readonly attempt: number;
  /** Why its last attempt failed; null when it did not. */
  readonly failure: string | null;
  /** Where the output of the attempt that failed is; null when none did, or it has left none. */
  readonly log: string | null;
  /** What it waits for, for people; null when it does not wait. */
  readonly waitsFor: string | null;
  /** For people: what runs. */
  readonly jobInfo: string;
}

/** What is at hand is answered at once; what has to be read from a store comes later. */
type Awaitable<T> = T | Promise<T>;

/** What users ask a master to show. */
export interface Queries {
  /** In the order of their submission. @param limit only the latest so many; null for all */
  listTasks(session: Session, limit: number | null): Awaitable<Iterable<TaskView>>;
  /** null when unknown. */
  task(taskName: string, session: Session): Awaitable<TaskDetailView | null>;
  /** null when unknown. */
  stage(stageId: string): Awaitable<StageView | null>;
  /** @throws NotFoundError */
  stageIds(taskName: string): Awaitable<readonly string[]>;
  /** null until the stage has completed, and where it has no output. @throws NotFoundError */
  resultPath(stageId: string): Awaitable<string | null>;
}

/** What users ask a master to do. */
export interface Commands {
  /** Resolves when the plan is checked and stored. @throws PlanInvalidError */
  submitPlan(planName: string, planDagPath: string, session: Session): Promise<void>;
  /** True when it was waiting and is now suspended, once that is stored. @throws NotFoundError */
  suspendStage(stageId: string): Promise<boolean>;
  /** @throws NotFoundError */
  continueStage(stageId: string): Promise<boolean>;
}

/** What the programs of running stages tell a master. Each resolves once it is stored. */
export interface Reports {
  /** @throws NotFoundError */
  stageStarted(stageId: string): Promise<void>;
  /** @throws NotFoundError */
  dataPrepared(stageId: string): Promise<void>;
  /** @throws NotFoundError */
  stageCompleted(stageId: string): Promise<void>;
}
