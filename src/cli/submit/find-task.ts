import { setTimeout as delay } from 'node:timers/promises';
import { OutcomeUnknownError } from '../../model/errors.ts';
import type { MasterClient } from '../../model/master-client.ts';
import { isTaskOfPlan } from '../../model/names.ts';
import type { TaskSummary } from '../../model/views.ts';
import { orAborted } from '../or-aborted.ts';

/** The existing master stores a task after it has answered: it is looked for as long as this. */
const APPEARS_WITHIN_MS = 10_000;
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

/**
 * The task that an acknowledged submission has made: the one that the master says this connection submitted, or else
 * the only one that was not there before.
 * @throws OutcomeUnknownError none has appeared, or several have and it can't be told which
 * @throws InterruptedError
 */
export async function findSubmitted(
  client: MasterClient,
  planName: string,
  before: ReadonlySet<string>,
  signal: AbortSignal,
): Promise<string> {
  const [task, ...others] = await findCandidates(client, planName, before, signal);
  if (task === undefined) {
    throw new OutcomeUnknownError(
      `${planName} was submitted, and no task of it has appeared within ${APPEARS_WITHIN_MS / 1000} s`,
      {
        hint: "the master's log says whether it could read the plan; `clic list` shows whether the task comes later",
      },
    );
  }
  if (others.length > 0) {
    throw new OutcomeUnknownError(
      `several tasks of ${planName} were submitted at once, and it can't be told which is this one: ${namesOf([task, ...others])}`,
      { hint: '`clic task <taskName>` shows each of them' },
    );
  }
  return task.name;
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
): Promise<string> {
  const candidates = await findCandidates(client, planName, before, signal);
  const [task] = candidates;
  if (task === undefined) throw lost;
  if (task.submittedHere && candidates.length === 1) return task.name;
  throw new OutcomeUnknownError(
    `${lost.message}; ${namesOf(candidates)} may be yours: only name and time say so, and someone else may have submitted the same`,
    {
      hint: `\`clic stages ${task.name}\` shows what it runs; submitting again may run the plan twice`,
      cause: lost,
    },
  );
}

/** The new tasks of the plan, as soon as there are some; those that this connection submitted where the master says so. */
async function findCandidates(
  client: MasterClient,
  planName: string,
  before: ReadonlySet<string>,
  signal: AbortSignal,
): Promise<TaskSummary[]> {
  const deadline = performance.now() + APPEARS_WITHIN_MS;
  for (let pause = POLL_MS.least; ; pause = Math.min(POLL_MS.most, pause * 2)) {
    const tasks = await orAborted(signal, client.listTasks());
    const added = tasks.filter(({ name }) => isTaskOfPlan(name, planName) && !before.has(name));
    const own = added.filter(({ submittedHere }) => submittedHere);
    if (own.length > 0) return own;
    if (added.length > 0 || performance.now() + pause > deadline) return added;
    await orAborted(
      signal,
      delay(pause, undefined, { signal }).catch(() => undefined),
    );
  }
}

function namesOf(tasks: readonly TaskSummary[]): string {
  return tasks.map(({ name }) => name).join(', ');
}
