import { setTimeout as delay } from 'node:timers/promises';
import type { MasterClient } from '../../model/master-client.ts';
import { OutcomeUnknownError } from '../../model/errors.ts';
import { isTaskOfPlan } from '../../model/names.ts';
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
 * The task that a submission has made: the one that the master says this connection submitted, or else the only one
 * that was not there before.
 * @throws OutcomeUnknownError none has appeared, or several have and it can't be told which
 * @throws InterruptedError
 */
export async function findSubmitted(
  client: MasterClient,
  planName: string,
  before: ReadonlySet<string>,
  signal: AbortSignal,
): Promise<string> {
  const deadline = performance.now() + APPEARS_WITHIN_MS;
  for (let pause = POLL_MS.least; ; pause = Math.min(POLL_MS.most, pause * 2)) {
    const tasks = await orAborted(signal, client.listTasks());
    const added = tasks.filter(({ name }) => isTaskOfPlan(name, planName) && !before.has(name));
    const own = added.filter(({ submittedHere }) => submittedHere);
    const candidates = own.length > 0 ? own : added;
    const [task] = candidates;
    if (task !== undefined && candidates.length === 1) return task.name;
    if (candidates.length > 1) {
      const names = candidates.map(({ name }) => name).join(', ');
      throw new OutcomeUnknownError(
        `several tasks of ${planName} were submitted at once, and it can't be told which is this one: ${names}`,
        {
          hint: '`clic task <taskName>` shows each of them',
        },
      );
    }
    if (performance.now() + pause > deadline) {
      throw new OutcomeUnknownError(
        `${planName} was submitted, and no task of it has appeared within ${APPEARS_WITHIN_MS / 1000} s`,
        {
          hint: "the master's log says whether it could read the plan; `clic list` shows whether the task comes later",
        },
      );
    }
    await orAborted(
      signal,
      delay(pause, undefined, { signal }).catch(() => undefined),
    );
  }
}
