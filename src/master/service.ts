import path from 'node:path';
import { type Diagnostic, formatDiagnostic, PlanInvalidError } from '../model/diagnostic.ts';
import { NotFoundError } from '../model/errors.ts';
import { planNameProblem } from '../model/names.ts';
import type { Plan } from '../model/plan.ts';
import type { Executor } from './executor/executor.ts';
import { jobInfo } from './job-info.ts';
import type { StageEvent } from './scheduler/events.ts';
import type { MasterLoop } from './scheduler/loop.ts';
import type { StageRecord, TaskRecord } from './scheduler/records.ts';
import type { Commands, Queries, Reports, Session, StageView, TaskView } from './service/interfaces.ts';
import { SUBMISSION_LIMITS, Submissions, type SubmissionLimits } from './submissions.ts';

/** What the service works with. */
export interface ServiceDependencies {
  readonly loop: Pick<MasterLoop, 'records' | 'submit' | 'changeStage'>;
  /** Reads and checks a plan; null when its diagnostics say that it can't be run. @throws NotFoundError */
  readonly loadPlan: (
    file: string,
    options: { readonly planName: string },
  ) => Promise<{ readonly plan: Plan | null; readonly diagnostics: readonly Diagnostic[] }>;
  /** Knows where results and logs are. */
  readonly executor: Pick<Executor, 'locate' | 'logOf'>;
  /** How much is remembered of who submitted what. */
  readonly submissionLimits?: SubmissionLimits;
}

/** What a clic-master does for its clients, as the calls of the protocol ask for it. */
export class MasterService implements Commands, Queries, Reports {
  readonly #deps: ServiceDependencies;
  readonly #submissions: Submissions;

  constructor(deps: ServiceDependencies) {
    this.#deps = deps;
    this.#submissions = new Submissions(deps.submissionLimits ?? SUBMISSION_LIMITS);
  }

  /** The existing shell announces that upper case is lowered, and leaves it to the master. */
  async submitPlan(givenName: string, planDagPath: string, session: Session): Promise<void> {
    const planName = givenName.toLowerCase();
    const note = this.#submissions.begin(session.id);
    const plan = await this.#readPlan(planName, planDagPath);
    note(await this.#deps.loop.submit(planName, path.dirname(planDagPath), plan));
  }

  /** To be called when a connection has ended. */
  sessionClosed(sessionId: number): void {
    this.#submissions.end(sessionId);
  }

  *listTasks(session: Session, limit: number | null): Iterable<TaskView> {
    const { tasks } = this.#deps.loop.records;
    let left = limit === null ? 0 : Math.max(0, tasks.size - limit);
    for (const task of tasks.values()) {
      if (left > 0) left -= 1;
      else yield this.#taskView(task, session);
    }
  }

  task(taskName: string, session: Session): TaskView | null {
    const task = this.#deps.loop.records.tasks.get(taskName);
    return task === undefined ? null : this.#taskView(task, session);
  }

  stage(stageId: string): StageView | null {
    const stage = this.#deps.loop.records.stages.get(stageId);
    return stage === undefined ? null : this.#stageView(stage);
  }

  stageIds(taskName: string): readonly string[] {
    const task = this.#deps.loop.records.tasks.get(taskName);
    if (task === undefined)
      throw new NotFoundError(`there is no task ${taskName}`, { hint: 'clic list shows all tasks' });
    return task.stageIds;
  }

  suspendStage(stageId: string): Promise<boolean> {
    return this.#change('suspend', stageId);
  }

  continueStage(stageId: string): Promise<boolean> {
    return this.#change('continue', stageId);
  }

  resultPath(stageId: string): string | null {
    const stage = this.#deps.loop.records.stages.get(stageId);
    if (stage === undefined) throw noStage(stageId);
    if (stage.status !== 'COMPLETED' || stage.outputPath === null) return null;
    return this.#deps.executor.locate(stage.taskName, stage.outputPath).path;
  }

  async stageStarted(stageId: string): Promise<void> {
    await this.#change('started', stageId);
  }

  async dataPrepared(stageId: string): Promise<void> {
    await this.#change('prepared', stageId);
  }

  async stageCompleted(stageId: string): Promise<void> {
    await this.#change('completed', stageId);
  }

  /** True when the event was news. @throws NotFoundError */
  async #change(kind: StageEvent['kind'], stageId: string): Promise<boolean> {
    const reply = await this.#deps.loop.changeStage({ kind, stageId });
    if (reply === 'unknown') throw noStage(stageId);
    return reply === 'ok';
  }

  /** @throws PlanInvalidError */
  async #readPlan(planName: string, file: string): Promise<Plan> {
    const problem = planNameProblem(planName);
    if (problem !== null)
      throw new PlanInvalidError(`${JSON.stringify(planName)} can't name a plan: ${problem}`);
    if (!path.isAbsolute(file)) {
      throw new PlanInvalidError(`the plan's path ${JSON.stringify(file)} is not absolute`, [], {
        hint: 'the master opens it, so name it from / on storage that the master sees',
      });
    }
    const { plan, diagnostics } = await this.#deps.loadPlan(file, { planName }).catch(asInvalid);
    const errors = diagnostics.filter(({ severity }) => severity === 'error');
    if (plan === null || errors.length > 0) {
      throw new PlanInvalidError(
        [`${file} can't be run`, ...errors.map(formatDiagnostic)].join('\n'),
        errors,
      );
    }
    return plan;
  }

  #taskView(task: TaskRecord, session: Session): TaskView {
    const { name, planName, submitTime, startTime, completeTime, status, stageIds } = task;
    const submittedHere = this.#submissions.has(session.id, name);
    return { name, planName, submitTime, startTime, completeTime, status, stageIds, submittedHere };
  }

  #stageView(stage: StageRecord): StageView {
    const { id, taskName, platform, parents, children, startTime, completeTime, status, retryCount } = stage;
    return {
      id,
      name: id,
      taskName,
      platform,
      parents,
      children,
      startTime,
      completeTime,
      status,
      retryCount,
      attempt: stage.attempt,
      failure: stage.failure,
      log: stage.failure === null ? null : this.#deps.executor.logOf(taskName, id, stage.attempt),
      waitsFor: null,
      jobInfo: jobInfo(stage),
    };
  }
}

function noStage(stageId: string): NotFoundError {
  return new NotFoundError(`there is no stage ${stageId}`, {
    hint: 'clic stages <task> shows the stages of a task',
  });
}

/** A plan that isn't there is invalid to whoever submits it. */
function asInvalid(error: unknown): never {
  if (error instanceof NotFoundError) {
    throw new PlanInvalidError(error.message, [], {
      ...(error.hint === undefined ? {} : { hint: error.hint }),
      cause: error,
    });
  }
  throw error;
}
