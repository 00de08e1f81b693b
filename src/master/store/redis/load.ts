import { errorMessage } from '../../../model/errors.ts';
import type { Changes } from '../../state/changes.ts';
import type { PlanOutline, PlanRecord, StageState, TaskRecord } from '../../state/records.ts';
import { stageIdsOf } from '../../state/submission.ts';
import { interner } from '../intern.ts';
import type { LoadedState } from '../store.ts';
import { adopt, isPlanOf, readFacts, statesIn, type TaskFacts, taskOf } from './adopt.ts';
import { type JavaStage, type JavaTask, readTask } from './java-read.ts';
import type { RedisReader } from './reader.ts';

/** What was read, and what has to be written so that Redis has it as well. */
export interface RedisState extends LoadedState {
  /** Of tasks that were taken over from the Java master, task by task. */
  readonly adopted: readonly Changes[];
  /** Tasks that Redis let go, when their time had come. */
  readonly expired: readonly string[];
  /** Plans that no task is of any more. */
  readonly orphans: readonly string[];
}

/**
 * Reads the whole state. What the Java master has made or changed becomes ours.
 * @param onNotice told of a task that can't be taken over, and left as it is
 * @throws StoreCorruptError
 */
export async function loadState(reader: RedisReader, onNotice: (text: string) => void): Promise<RedisState> {
  const found = new Found();
  const intern = interner();
  const known = new Set<string>();
  for await (const page of reader.index()) {
    const names = [...page.keys()].filter((name) => !known.has(name));
    for (const name of names) known.add(name);
    const facts = new Map(names.map((name) => [name, page.get(name) ?? '']));
    await readTasks(reader, facts, intern, found);
  }
  for await (const names of reader.taskNames()) {
    const foreign = names.filter((name) => !known.has(name));
    for (const name of foreign) known.add(name);
    await readTasks(reader, new Map(foreign.map((name) => [name, null])), intern, found);
  }
  await readActive(reader, found);
  await takeOver(reader, found, onNotice);
  const used = new Set(found.tasks.map(({ planId }) => planId));
  const orphans = (await reader.planIds()).filter((id) => !used.has(id));
  const { tasks, plans, stages, adopted, expired } = found;
  return { tasks, plans, stages, adopted, expired, orphans };
}

/** What is gathered on the way. */
class Found {
  readonly tasks: TaskRecord[] = [];
  readonly plans = new Map<string, PlanOutline>();
  readonly stages = new Map<string, ReadonlyMap<number, StageState>>();
  readonly expired: string[] = [];
  readonly adopted: Changes[] = [];
  /** Tasks as the Java master has written them, and what the index says of them. */
  readonly foreign: { readonly java: JavaTask; readonly facts: TaskFacts | null }[] = [];
  readonly active: TaskRecord[] = [];
}

/** @param facts by name: the JSON of the index; null for a task that is not in it */
async function readTasks(
  reader: RedisReader,
  facts: ReadonlyMap<string, string | null>,
  intern: (text: string) => string,
  found: Found,
): Promise<void> {
  const names = [...facts.keys()];
  const tasks = await reader.tasks(names, readTask);
  for (const [at, name] of names.entries()) {
    const java = tasks[at] ?? null;
    const known = facts.get(name) ?? null;
    if (java === null) {
      if (known !== null) found.expired.push(name);
      continue;
    }
    if (java.own === null) {
      found.foreign.push({ java, facts: known === null ? null : reader.decode(name, known, readFacts) });
      continue;
    }
    const { planName, planDir, planId } = java.own;
    const task = {
      ...java.own,
      name,
      planName: intern(planName),
      planDir: intern(planDir),
      planId: intern(planId),
    };
    if (task.completeTime === null) found.active.push(task);
    else found.tasks.push(task);
  }
}

const TASKS_AT_ONCE = 100;

/** Reads plans and stages of the tasks that are not over. */
async function readActive(reader: RedisReader, found: Found): Promise<void> {
  for (let from = 0; from < found.active.length; from += TASKS_AT_ONCE) {
    const some = found.active.slice(from, from + TASKS_AT_ONCE);
    const missing = new Set(some.map(({ planId }) => planId).filter((id) => !found.plans.has(id)));
    for (const [id, outline] of await reader.outlines([...missing])) found.plans.set(id, outline);
    const ids = some.map(({ name, planId }) => {
      const outline = found.plans.get(planId);
      if (outline === undefined) throw reader.corrupt(name, `its plan ${planId} is not there`);
      return stageIdsOf(name, outline);
    });
    const stages = await reader.stages(ids.flat());
    for (const [at, task] of some.entries()) {
      const own = (ids[at] ?? []).map((id) => stages.get(id) ?? null);
      addActive(task, own, found);
    }
  }
}

/** One of our tasks that is not over; the Java master may have changed its stages. */
function addActive(task: TaskRecord, stages: readonly (JavaStage | null)[], found: Found): void {
  const states = stages.map((stage) => stage?.state ?? null);
  const isChanged = stages.some((stage) => stage?.isForeign === true && stage.state !== null);
  const current = isChanged ? taskOf(task.name, task, states) : task;
  found.tasks.push(current);
  if (current.completeTime === null) found.stages.set(task.name, present(states));
  if (isChanged) found.adopted.push(changesOf(current, present(states), []));
}

/** Makes ours of the tasks that the Java master has written, in the order of their submission. */
async function takeOver(reader: RedisReader, found: Found, onNotice: (text: string) => void): Promise<void> {
  const time = ({ java }: { readonly java: JavaTask }): number => java.submitTime ?? 0;
  let seq = found.tasks.reduce((last, task) => Math.max(last, task.seq), 0);
  let count = 0;
  for (const { java, facts } of found.foreign.toSorted((a, b) => time(a) - time(b))) {
    const stages = await reader.stages(java.stageIds);
    const outline = facts === null ? undefined : (await reader.outlines([facts.planId])).get(facts.planId);
    try {
      if (facts !== null && outline !== undefined && isPlanOf(outline, java)) {
        const ids = stageIdsOf(java.name, outline);
        const states = present(ids.map((id) => stages.get(id)?.state ?? null));
        const task = taskOf(java.name, facts, statesIn(states, ids.length));
        add(found, task, outline, states, []);
      } else {
        const { task, plan, states } = adopt(java, stages, (seq += 1));
        add(found, task, plan.outline, states, [plan]);
      }
      count += 1;
    } catch (thrown) {
      onNotice(
        `the task ${java.name} of another master can't be taken over, and is left alone: ${errorMessage(thrown)}`,
      );
    }
  }
  if (count > 0) onNotice(`took over ${count} task(s) that another master has written`);
}

function add(
  found: Found,
  task: TaskRecord,
  outline: PlanOutline,
  states: ReadonlyMap<number, StageState>,
  plans: readonly PlanRecord[],
): void {
  found.tasks.push(task);
  found.adopted.push(changesOf(task, states, plans));
  if (task.completeTime !== null) return;
  found.plans.set(task.planId, outline);
  found.stages.set(task.name, states);
}

function present(states: readonly (StageState | null)[]): Map<number, StageState> {
  return new Map(states.flatMap((state, index) => (state === null ? [] : [[index, state]])));
}

function changesOf(
  task: TaskRecord,
  states: ReadonlyMap<number, StageState>,
  plans: readonly PlanRecord[],
): Changes {
  const stages = [...states].map(([index, state]) => ({ taskName: task.name, index, state }));
  return { plans, tasks: [task], stages, deletedTasks: [], deletedPlans: [] };
}
