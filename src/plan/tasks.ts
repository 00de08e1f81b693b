import { stageNameProblem } from '../model/names.ts';
import { quote } from './findings.ts';
import { type Limits, readLimits } from './limits.ts';
import { type Parameter, readParameters } from './parameters.ts';
import type { PlanReader } from './plan-reader.ts';
import type { Text, Value } from './reader.ts';

/** A task of the dag: the stage to be. */
export interface Task {
  readonly name: Text;
  /** null where it names none: that is reported. */
  readonly template: Text | null;
  readonly dependencies: readonly Text[];
  readonly arguments: readonly Parameter[];
  /** What it says instead of its template. */
  readonly limits: Limits;
}

/** A task that waits for another one, by its index, and the place that says so. */
export interface Dependency {
  readonly index: number;
  readonly offset: number;
}

/** The tasks in the order of the file. Those without a name of their own are reported, and left out. */
export function readTasks(reader: PlanReader, items: readonly Value[]): Task[] {
  const names = new Set<string>();
  const tasks: Task[] = [];
  for (const item of items) {
    const task = readTask(reader, item);
    if (task === null) continue;
    const { text, offset } = task.name;
    if (names.has(text))
      reader.findings.error(offset, 'duplicate-name', `two tasks are named ${quote(text)}`);
    else tasks.push(task);
    names.add(text);
  }
  return tasks;
}

function readTask(reader: PlanReader, item: Value): Task | null {
  const mapping = reader.mapping(item, 'a task');
  if (mapping === null) return null;
  const name = reader.text(reader.get(mapping, 'name'), 'the name of a task');
  const what = name === null ? 'a task' : `the task ${quote(name.text)}`;
  const task = reader.known(item, 'task', what) ?? mapping;
  const template = reader.text(reader.get(task, 'template'), `the template of ${what}`);
  if (template === null)
    reader.findings.error(item.offset, 'missing-template', `${what} names no "template"`);
  const dependencies = reader
    .list(reader.get(task, 'dependencies'), `the dependencies of ${what}`)
    .flatMap((entry) => reader.text(entry, `a dependency of ${what}`) ?? []);
  const parameters = readParameters(reader, reader.get(task, 'arguments'), 'arguments', what);
  const limits = readLimits(reader, task, what);
  refuseContinueOn(reader, reader.get(task, 'continueOn'), what);
  const command = parameters[0]?.value;
  if (!command?.text.includes('--dagPath=')) {
    const message = `${what} gives its program no --dagPath=: the Java master waits for ever for the reports of any other`;
    reader.findings.only('java-master', 'error', command?.offset ?? item.offset, 'java-master', message);
  }
  const problem = name === null || name.text === '' ? null : stageNameProblem(name.text);
  if (name !== null && problem !== null) {
    reader.findings.error(name.offset, 'task-name', `${quote(name.text)} can't name a task: ${problem}`);
  }
  if (name !== null && name.text !== '')
    return { name, template, dependencies, arguments: parameters, limits };
  reader.findings.error(item.offset, 'missing-name', 'a task has no "name"');
  return null;
}

function refuseContinueOn(reader: PlanReader, value: Value, what: string): void {
  const continueOn = reader.known(value, 'continueOn', `continueOn of ${what}`);
  if (continueOn === null) return;
  for (const key of ['error', 'failed']) {
    const entry = reader.get(continueOn, key);
    if (reader.flag(entry, `${quote(key)} of continueOn of ${what}`) !== true) continue;
    const message = `${what}: "continueOn" can't be carried out: what depends on a failed stage never runs`;
    reader.findings.error(entry.offset, 'unsupported', message, 'let its command end with 0 all the same');
  }
}

/** What each task waits for, ascending. Reports names that are unknown, its own, or there twice. */
export function resolveDependencies(reader: PlanReader, tasks: readonly Task[]): Dependency[][] {
  const { findings } = reader;
  const indexes = new Map(tasks.map((task, index) => [task.name.text, index]));
  return tasks.map((task, own) => {
    const found = new Map<number, Dependency>();
    for (const { text, offset } of task.dependencies) {
      const index = indexes.get(text);
      const what = `the task ${quote(task.name.text)}`;
      if (index === undefined) {
        const message = `${what} depends on ${quote(text)}, which is no task of this plan`;
        findings.error(offset, 'unknown-dependency', message, findings.suggest(text, indexes.keys()));
      } else if (index === own) {
        findings.error(offset, 'self-dependency', `${what} depends on itself`);
      } else if (found.has(index)) {
        findings.warning(offset, 'duplicate-dependency', `${what} lists ${quote(text)} twice`);
      } else {
        found.set(index, { index, offset });
      }
    }
    return [...found.values()].sort((a, b) => a.index - b.index);
  });
}
