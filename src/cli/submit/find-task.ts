import { setTimeout as delay } from 'node:timers/promises';
import { OutcomeUnknownError } from '../../model/errors.ts';
import type { MasterClient } from '../../model/master-client.ts';
import { isTaskOfPlan } from '../../model/names.ts';
import type { TaskSummary } from '../../model/views.ts';
import { orAborted } from '../or-aborted.ts';

/** A Java master stores a task after it has answered: it is looked for as long as this. */
const APPEARS_WITHIN_MS = 10_000;
/** So long those that were submitted at the same moment may appear after each other. */
const OTHERS_APPEAR_WITHIN_MS = 1_000;
const POLL_MS = { least: 50, most: 1_000 };

/** The names of all tasks of a plan, to tell a new one from them later. @throws InterruptedError */
export async function tasksOfPlan(
  client: MasterClient,
  planName: string,
  signal: AbortSignal,
): Promise<Set<string>> {
  const tasks = await orAborted(signal, client.listTasks());
  return new Set(tasks.map(({ name }) => name).filter((name) => isTaskOfPlan(name, planName)));
}

/** The task of a submission, and how that is known. */
export interface FoundTask {
  readonly taskName: string;
  /**
   * `master`: it says that this connection submitted it. `list`: it is the only new task of the plan, which is no proof:
   * somebody else may have submitted the same plan, and theirs may have appeared first.
   */
  readonly source: 'master' | 'list';
}

/** A submission was acknowledged, and it can't be told which task it made: each of `candidates` may be it. */
export class TaskUnknownError extends OutcomeUnknownError {
  readonly candidates: readonly string[];

  constructor(message: string, candidates: readonly string[], options: { hint: string; cause?: unknown }) {
    super(message, options);
    this.candidates = candidates;
  }
}

/**
 * The task that an acknowledged submission has made: the one that the master says this connection submitted, or else
 * the only one that was not there before, once no other has appeared for a while.
 * @throws TaskUnknownError none has appeared, or several have and it can't be told which
 * @throws InterruptedError
 */
export async function findSubmitted(
  client: MasterClient,
  planName: string,
  before: ReadonlySet<string>,
  signal: AbortSignal,
): Promise<FoundTask> {
  const [task, ...others] = await findCandidates(client, planName, before, signal);
  if (task === undefined) {
    throw new TaskUnknownError(
      `${planName} was submitted, and no task of it has appeared within ${APPEARS_WITHIN_MS / 1000} s`,
      [],
      {
        hint: "the master's log says whether it could read the plan; `clic list` shows whether the task comes later",
      },
    );
  }
  if (others.length > 0) {
    const candidates = [task, ...others].map(({ name }) => name);
    throw new TaskUnknownError(
      `${planName} was submitted, and so it was by others: this master does not tell which task is whose: ${candidates.join(', ')}`,
      candidates,
      { hint: '`clic task <taskName>` shows each of them; submitting again would run the plan once more' },
    );
  }
  return { taskName: task.name, source: task.submittedHere ? 'master' : 'list' };
}

/**
 * The task of a submission whose answer was lost. Only the master's word that this connection submitted it proves that
 * it is ours: anybody may have submitted the same plan meanwhile, while ours may never have arrived.
 * @throws OutcomeUnknownError there is no proof; it names the tasks that may be it, or is `lost` where there are none
 * @throws InterruptedError
 */
export async function findLost(
  client: MasterClient,
  planName: string,
  before: ReadonlySet<string>,
  lost: OutcomeUnknownError,
  signal: AbortSignal,
): Promise<FoundTask> {
  const candidates = await findCandidates(client, planName, before, signal);
  const [task] = candidates;
  if (task === undefined) throw lost;
  if (task.submittedHere && candidates.length === 1) return { taskName: task.name, source: 'master' };
  throw new OutcomeUnknownError(
    `${lost.message}; ${namesOf(candidates)} may be yours: only name and time say so, and someone else may have submitted the same`,
    {
      hint: `\`clic stages ${task.name}\` shows what it runs; submitting again may run the plan twice`,
      cause: lost,
    },
  );
}

/**
 * The new tasks of the plan: at once those that this connection submitted, where the master says so; else all that there are
 * some time after the first has appeared. What was submitted at the same moment may not appear at the same moment.
 */
async function findCandidates(
  client: MasterClient,
  planName: string,
  before: ReadonlySet<string>,
  signal: AbortSignal,
): Promise<TaskSummary[]> {
  let deadline = performance.now() + APPEARS_WITHIN_MS;
  let hasAppeared = false;
  for (let pause = POLL_MS.least; ; pause = Math.min(POLL_MS.most, pause * 2)) {
    const tasks = await orAborted(signal, client.listTasks());
    const added = tasks.filter(({ name }) => isTaskOfPlan(name, planName) && !before.has(name));
    const own = added.filter(({ submittedHere }) => submittedHere);
    if (own.length > 0) return own;
    if (added.length > 0 && !hasAppeared) {
      hasAppeared = true;
      deadline = performance.now() + OTHERS_APPEAR_WITHIN_MS;
      pause = POLL_MS.least;
    }
    const left = deadline - performance.now();
    if (left <= 0) return added;
    await orAborted(
      signal,
      delay(Math.min(pause, left), undefined, { signal }).catch(() => undefined),
    );
  }
}

function namesOf(tasks: readonly TaskSummary[]): string {
  return tasks.map(({ name }) => name).join(', ');
}
