import path from 'node:path';
import { type Diagnostic, formatDiagnostic, PlanInvalidError } from '../../model/diagnostic.ts';
import { NotFoundError } from '../../model/errors.ts';
import { planNameProblem } from '../../model/names.ts';
import type { Executor } from '../executor/executor.ts';
import { parseReportId } from '../scheduler/launch.ts';
import type { ReportEvent, UserEvent } from '../scheduler/events.ts';
import type { MasterLoop } from '../scheduler/loop.ts';
import type { PlanRecord, TaskRecord } from '../state/records.ts';
import { stageIdsOf } from '../state/submission.ts';
import { Finder, type FoundStage, type StoreReader } from './find.ts';
import type {
  Commands,
  Queries,
  Reports,
  Session,
  StageView,
  TaskDetailView,
  TaskView,
} from './interfaces.ts';
import { SUBMISSION_LIMITS, Submissions, type SubmissionLimits } from './submissions.ts';
import { stageView } from './views.ts';

/** What the service works with. */
export interface ServiceDependencies {
  readonly loop: Pick<MasterLoop, 'state' | 'obstacle' | 'submit' | 'changeStage'>;
  readonly store: StoreReader;
  /** Reads and checks a plan; null when the errors say why it can't be run. @throws NotFoundError */
  readonly loadPlan: (
    file: string,
    planName: string,
  ) => Promise<{ readonly plan: PlanRecord | null; readonly errors: readonly Diagnostic[] }>;
  /** Knows where results and logs are. */
  readonly executor: Pick<Executor, 'locate' | 'logOf' | 'waitsFor' | 'objections'>;
  /** Told of what was asked in vain, for the log. */
  readonly onRefused: (what: 'plan' | 'report', message: string) => void;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** How much is remembered of who submitted what. */
  readonly submissionLimits?: SubmissionLimits;
}

/** How many reasons are told why a plan is refused. */
const MOST_OBJECTIONS = 20;

/** What a clic-master does for its clients and for the programs of its stages. */
export class MasterService implements Queries, Commands, Reports {
  readonly #deps: ServiceDependencies;
  readonly #finder: Finder;
  readonly #submissions: Submissions;

  constructor(deps: ServiceDependencies) {
    this.#deps = deps;
    this.#finder = new Finder(deps.loop.state, deps.store);
    this.#submissions = new Submissions(deps.submissionLimits ?? SUBMISSION_LIMITS);
  }

  /** The Java shell announces that upper case is lowered, and leaves it to the master. */
  async submitPlan(givenName: string, planDagPath: string, session: Session): Promise<void> {
    const planName = givenName.toLowerCase();
    const note = this.#submissions.begin(session.id);
    try {
      const plan = await this.#readPlan(planName, planDagPath);
      note(await this.#deps.loop.submit(planName, path.dirname(planDagPath), plan));
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      this.#deps.onRefused('plan', `the plan ${planName} was refused: ${reason}`);
      throw error;
    }
  }

  /** To be called when a connection has ended. */
  sessionClosed(sessionId: number): void {
    this.#submissions.end(sessionId);
  }

  *listTasks(session: Session, limit: number | null): Generator<TaskView> {
    const { tasks } = this.#deps.loop.state;
    let skipped = limit === null ? 0 : Math.max(0, tasks.size - limit);
    for (const task of tasks.values()) {
      if (skipped > 0) skipped -= 1;
      else yield this.#taskView(task, session);
    }
  }

  async task(taskName: string, session: Session): Promise<TaskDetailView | null> {
    const task = this.#deps.loop.state.tasks.get(taskName);
    const outline = task === undefined ? null : await this.#finder.outline(task);
    if (task === undefined || outline === null) return null;
    return { ...this.#taskView(task, session), stageIds: stageIdsOf(taskName, outline) };
  }

  async stage(reference: string): Promise<StageView | null> {
    const found = await this.#finder.stage(reference);
    if (found === null) return null;
    const { loop, store, executor, now } = this.#deps;
    const { task, index } = found;
    return stageView(found, {
      state: await this.#finder.stageState(found),
      spec: await store.readSpec(task.planId, index),
      states: loop.state.active.get(task.name)?.states ?? null,
      obstacle: loop.obstacle,
      pendingFor: (id, attempt) => executor.waitsFor(id, attempt),
      logOf: (taskName, id, attempt) => executor.logOf(taskName, id, attempt),
      now: now(),
    });
  }

  async stageIds(taskName: string): Promise<readonly string[]> {
    const task = this.#deps.loop.state.tasks.get(taskName);
    const outline = task === undefined ? null : await this.#finder.outline(task);
    if (outline === null)
      throw new NotFoundError(`there is no task ${taskName}`, { hint: 'clic list shows all tasks' });
    return stageIdsOf(taskName, outline);
  }

  suspendStage(reference: string): Promise<boolean> {
    return this.#change('suspend', reference);
  }

  continueStage(reference: string): Promise<boolean> {
    return this.#change('continue', reference);
  }

  async resultPath(reference: string): Promise<string | null> {
    const found = await this.#found(reference);
    const { status } = await this.#finder.stageState(found);
    if (status !== 'COMPLETED') return null;
    const spec = await this.#deps.store.readSpec(found.task.planId, found.index);
    const output = spec?.outputPath ?? null;
    return output === null ? null : this.#deps.executor.locate(found.task.name, output).path;
  }

  stageStarted(reportId: string): Promise<void> {
    return this.#report('started', reportId);
  }

  dataPrepared(reportId: string): Promise<void> {
    return this.#report('prepared', reportId);
  }

  stageCompleted(reportId: string): Promise<void> {
    return this.#report('completed', reportId);
  }

  /** True when the event was news. @throws NotFoundError */
  async #change(kind: UserEvent['kind'], reference: string): Promise<boolean> {
    const { task, index } = await this.#found(reference);
    return (await this.#deps.loop.changeStage({ kind, taskName: task.name, index })) === 'ok';
  }

  /** A report that is not of the attempt that runs changes nothing: it is late. @throws NotFoundError */
  async #report(kind: ReportEvent['kind'], reportId: string): Promise<void> {
    const { stageId, attempt } = parseReportId(reportId);
    const found = await this.#found(stageId);
    const { task, index } = found;
    const reply = await this.#deps.loop.changeStage({ kind, taskName: task.name, index, attempt });
    if (reply === 'unknown') throw noStage(stageId);
    if (reply === 'ok') return;
    const state = await this.#finder.stageState(found);
    const runs = state.live && state.attempt === attempt;
    const why = runs ? 'it is no news, or comes too late' : `attempt ${attempt} does not run`;
    this.#deps.onRefused(
      'report',
      `${stageId}: a report of attempt ${attempt} (${kind}) does not count: ${why}`,
    );
  }

  /** @throws NotFoundError */
  async #found(reference: string): Promise<FoundStage> {
    const found = await this.#finder.stage(reference);
    if (found === null) throw noStage(reference);
    return found;
  }

  /** @throws PlanInvalidError */
  async #readPlan(planName: string, file: string): Promise<PlanRecord> {
    const problem = planNameProblem(planName);
    if (problem !== null)
      throw new PlanInvalidError(`${JSON.stringify(planName)} can't name a plan: ${problem}`);
    if (!path.isAbsolute(file)) {
      throw new PlanInvalidError(`the plan's path ${JSON.stringify(file)} is not absolute`, [], {
        hint: 'the master opens it, so name it from / on storage that the master sees',
      });
    }
    const { plan, errors } = await this.#deps.loadPlan(file, planName).catch(asInvalid);
    if (plan === null || errors.length > 0) {
      throw new PlanInvalidError(
        [`${file} can't be run`, ...errors.map(formatDiagnostic)].join('\n'),
        errors,
      );
    }
    this.#refuseUnfit(plan, file);
    return plan;
  }

  /** What the executor will not run is refused before it is stored. @throws PlanInvalidError */
  #refuseUnfit({ outline, specs }: PlanRecord, file: string): void {
    const objections = outline.stages.flatMap(({ name }, index) => {
      const spec = specs[index];
      const why = spec === undefined ? [] : this.#deps.executor.objections(spec);
      return why.map((reason) => `the stage ${name}: ${reason}`);
    });
    if (objections.length === 0) return;
    const more = objections.length - MOST_OBJECTIONS;
    const shown = objections.slice(0, MOST_OBJECTIONS);
    throw new PlanInvalidError(
      [`${file} can't be run`, ...shown, ...(more > 0 ? [`and ${more} more`] : [])].join('\n'),
    );
  }

  #taskView(task: TaskRecord, session: Session): TaskView {
    const { name, planName, submitTime, startTime, completeTime, status, failure } = task;
    const submittedHere = this.#submissions.has(session.id, name);
    return { name, planName, submitTime, startTime, completeTime, status, failure, submittedHere };
  }
}

function noStage(reference: string): NotFoundError {
  return new NotFoundError(`there is no stage ${reference}`, {
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
