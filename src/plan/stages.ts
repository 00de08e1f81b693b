import { TASK_SUFFIX_LENGTH, isKubernetesName, platformOf, stageId } from '../model/names.ts';
import { quote } from './findings.ts';
import type { PlanStage } from '../model/plan.ts';
import { type DagPath, findDagPath } from '../model/stage-command.ts';
import type { Outline } from './outline.ts';
import { type Budget, type Pattern, type Scope, fillPattern } from './pattern.ts';
import type { PlanReader } from './plan-reader.ts';
import { PodSettingsMaker } from './pod/settings.ts';
import type { Dependency, Task } from './tasks.ts';
import type { StageTemplate } from './template.ts';

/** A stage, and the physical DAG that still has to be read for it. */
export interface StageDraft {
  readonly stage: PlanStage;
  readonly dagPath: DagPath | null;
  /** Where the plan names the physical DAG. */
  readonly dagOffset: number;
}

/** Linux starts no program with a longer word, in bytes. */
const WORD_MAX = 128 * 1024 - 1;

/** The stages of the tasks, with parameters put in. Tasks whose template can't be used were reported, and are left out. */
export function draftStages(
  reader: PlanReader,
  tasks: readonly Task[],
  dependencies: readonly (readonly Dependency[])[],
  templates: ReadonlyMap<string, StageTemplate>,
  outline: Outline,
  budget: Budget,
): StageDraft[] {
  const drafts: StageDraft[] = [];
  const pods = new PodSettingsMaker(reader.findings, outline.pod, budget);
  for (const [index, task] of tasks.entries()) {
    const template = templates.get(task.template?.text ?? '');
    if (template === undefined) continue;
    const inputs = bindArguments(reader, task, template, outline.taskScope, budget);
    const fill = (pattern: Pattern): string => fillPattern(pattern, inputs, budget);
    const command = template.command.map(fill);
    const isTooLarge = checkCommand(reader, task, command);
    const artifacts = template.artifacts
      .map(({ path, isOptional }) => ({ path: fill(path), isOptional }))
      .filter(({ path }) => path !== '');
    const stage = {
      name: task.name.text,
      template: template.name.text,
      platform: platformOf(template.name.text),
      dependencies: (dependencies[index] ?? []).map((dependency) => dependency.index),
      image: fill(template.image),
      command,
      entryWords: template.entryWords,
      pod: pods.make(template.pod, inputs),
      env: Object.fromEntries(template.env.map(([name, value]) => [name, fill(value)])),
      outputPath: artifacts[0]?.path ?? null,
      outputs: [...new Set(artifacts.filter(({ isOptional }) => !isOptional).map(({ path }) => path))],
      retry: task.limits.retry ?? template.limits.retry ?? outline.limits.retry,
      deadlineMs: task.limits.deadlineMs ?? template.limits.deadlineMs,
    };
    if (budget.exhausted) {
      reader.findings.error(
        task.name.offset,
        'too-large',
        'the stages up to this one are too large, parameters put in, for one plan',
      );
      break;
    }
    const named = task.arguments.find(({ value }) => value?.text.includes('--dagPath='))?.value;
    const dagOffset = named?.offset ?? template.commandOffset;
    drafts.push({ stage, dagPath: isTooLarge ? null : findDagPath(command), dagOffset });
  }
  return drafts;
}

/**
 * The values of a template's inputs for one task: its arguments, by name or else by position, then the template's
 * own values. Reports inputs that get none, and arguments that no input takes.
 */
function bindArguments(
  reader: PlanReader,
  task: Task,
  template: StageTemplate,
  scope: Scope,
  budget: Budget,
): Map<string, string> {
  const { findings } = reader;
  const what = `the task ${quote(task.name.text)}`;
  const values = new Map<string, string>();
  for (const [position, { name, value, offset }] of task.arguments.entries()) {
    const target = name === null ? template.inputs[position]?.name : name.text;
    if (target === undefined || !template.inputNames.has(target)) {
      const label = name === null ? `argument ${position + 1}` : `the argument ${quote(name.text)}`;
      const hint = name === null ? undefined : findings.suggest(name.text, template.inputNames);
      const message = `the template ${quote(template.name.text)} does not take ${label} of ${what}`;
      findings.warning(offset, 'unused-argument', message, hint);
    } else if (value !== null) {
      values.set(target, scope.fill(value, budget));
    }
  }
  budget.spend(template.inputs.length);
  for (const { name, value } of budget.exhausted ? [] : template.inputs) {
    if (values.has(name)) continue;
    if (value !== null) values.set(name, value);
    else {
      const message = `${what} does not supply the parameter ${quote(name)} of the template ${quote(template.name.text)}`;
      findings.error(task.name.offset, 'missing-parameter', message);
    }
  }
  return values;
}

/** Reports a command that can't be started; true for one that is too large to look at. */
function checkCommand(reader: PlanReader, task: Task, command: readonly string[]): boolean {
  const what = `the task ${quote(task.name.text)}`;
  if (command[0] === '') {
    reader.findings.error(
      task.name.offset,
      'missing-command',
      `the command of ${what} begins with an empty word`,
    );
  }
  const isTooLarge = command.some((word) => Buffer.byteLength(word) > WORD_MAX);
  if (isTooLarge) {
    const message = `a word of the command of ${what} has more than ${WORD_MAX} bytes: no program can be started with it`;
    reader.findings.error(task.name.offset, 'too-large', message, 'put it into a file');
  }
  return isTooLarge;
}

/** Reports templates whose stages could not be named: with `planName` null, only for the characters of their names. */
export function checkStageIds(
  reader: PlanReader,
  tasks: readonly Task[],
  templates: ReadonlyMap<string, StageTemplate>,
  planName: string | null,
): void {
  const lastNumber = new Map(tasks.map((task, index) => [task.template?.text, index + 1]));
  for (const [template, { name }] of templates) {
    if (!/^[a-z0-9][-a-z0-9]*$/.test(template)) {
      const message = `the template ${quote(template)} can't be a part of a stage's id`;
      const hint = "its name has only a-z, 0-9 and '-', and begins with a letter or digit";
      reader.findings.error(name.offset, 'template-name', message, hint);
      continue;
    }
    const taskName = planName === null ? null : `${planName}-${'x'.repeat(TASK_SUFFIX_LENGTH)}`;
    if (taskName === null) continue;
    const id = stageId(taskName, template, lastNumber.get(template) ?? 1);
    if (isKubernetesName(id)) continue;
    const message = `a stage's id such as ${quote(id)} has ${id.length} characters; a Kubernetes name has at most 63`;
    reader.findings.error(
      name.offset,
      'stage-id',
      message,
      'shorten the name of the plan or of the template',
    );
  }
}
