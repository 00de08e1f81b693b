import type { Diagnostic } from '../model/diagnostic.ts';
import type { Plan } from '../model/plan.ts';
import { type DagIo, attachOutputs } from './dag-files.ts';
import type { ExecutorName } from './executors.ts';
import { Findings, quote } from './findings.ts';
import { findCycles } from './graph.ts';
import { type Outline, readOutline } from './outline.ts';
import { Budget } from './pattern.ts';
import { PlanReader } from './plan-reader.ts';
import { type StageDraft, checkStageIds, draftStages } from './stages.ts';
import { type Dependency, type Task, readTasks, resolveDependencies } from './tasks.ts';
import { type StageTemplate, readTemplate } from './template.ts';
import { openDocument, positionsIn } from './yaml.ts';

/** A plan that was read, and everything that was found about it. */
export interface LoadedPlan {
  /** What its executor runs (processes, where it is not said); null where an error keeps it from that. */
  readonly plan: Plan | null;
  /** Of the plan's file by line and column, then those of the physical DAGs. */
  readonly diagnostics: readonly Diagnostic[];
}

export interface CheckOptions {
  /** The plan's name: with it, every stage's id is checked to be a name that Kubernetes takes. */
  readonly planName?: string | undefined;
  /** What will run the plan. Without it, what holds for processes or Kubernetes alone is a warning that says so. */
  readonly executor?: ExecutorName | undefined;
  /** The variables that the master passes on to stages, where that is known. */
  readonly passedEnv?: readonly string[] | undefined;
}

/** Names shown in the message of a cycle; more are counted. */
const CYCLE_SHOWN = 20;

/**
 * Checks the text of a plan's file, which `file` names. With `planName`, also that every stage of a task of that
 * plan can be named. Physical DAGs are read through `io`, and nothing else is: what comes out is decided by `text`, `file`
 * (relative paths, and places of findings), `options`, and what `io` says of each path that it is asked for. Who
 * remembers plans compares those.
 */
export async function checkPlan(
  text: string,
  file: string,
  io: DagIo,
  options: CheckOptions = {},
): Promise<LoadedPlan> {
  const findings = new Findings(file, positionsIn(text), options.executor);
  const { drafts, deadlineMs, parallelism } = draftPlan(text, findings, options);
  const { stages, diagnostics: ofDagFiles } = await attachOutputs(drafts, file, findings, io);
  const diagnostics = [...findings.list(), ...ofDagFiles];
  const isGood = findings.isRunnable && !ofDagFiles.some(({ severity }) => severity === 'error');
  return { plan: isGood ? { stages, deadlineMs, parallelism } : null, diagnostics };
}

interface PlanDraft {
  readonly drafts: readonly StageDraft[];
  readonly deadlineMs: number | null;
  readonly parallelism: number | null;
}

const NOTHING: PlanDraft = { drafts: [], deadlineMs: null, parallelism: null };

function draftPlan(text: string, findings: Findings, { planName, passedEnv }: CheckOptions): PlanDraft {
  const document = openDocument(text, findings);
  if (document === null) return NOTHING;
  const reader = new PlanReader(findings, document.targets, passedEnv && new Set(passedEnv));
  const budget = new Budget();
  const outline = readOutline(reader, reader.value(document.root), budget);
  if (outline === null) return NOTHING;
  const tasks = readTasks(reader, outline.tasks);
  const dependencies = resolveDependencies(reader, tasks);
  reportCycles(findings, tasks, dependencies);
  const templates = readUsedTemplates(reader, tasks, outline, budget);
  checkStageIds(reader, tasks, templates, planName ?? null);
  const drafts = draftStages(reader, tasks, dependencies, templates, outline, budget);
  const { limits, parallelism } = outline;
  return { drafts, deadlineMs: limits.deadlineMs, parallelism };
}

function reportCycles(
  findings: Findings,
  tasks: readonly Task[],
  dependencies: readonly Dependency[][],
): void {
  for (const cycle of findCycles(dependencies.map((list) => list.map(({ index }) => index)))) {
    const [first = 0, second] = cycle;
    const names = cycle.slice(0, CYCLE_SHOWN).map((index) => tasks[index]?.name.text ?? '');
    if (cycle.length > CYCLE_SHOWN) names.push(`… (${cycle.length - CYCLE_SHOWN} more)`);
    const way = [...names, tasks[first]?.name.text ?? ''].join(' -> ');
    const place = dependencies[first]?.find(({ index }) => index === second)?.offset ?? 0;
    findings.error(
      place,
      'cycle',
      `tasks depend on each other in a cycle: ${way}`,
      'remove one of these dependencies',
    );
  }
}

/** The templates that tasks name, by name. Reports names that are unknown, and templates that no task names. */
function readUsedTemplates(
  reader: PlanReader,
  tasks: readonly Task[],
  outline: Outline,
  budget: Budget,
): Map<string, StageTemplate> {
  const used = new Set<string>();
  for (const { name, template } of tasks) {
    if (template === null) continue;
    used.add(template.text);
    if (outline.templates.has(template.text)) continue;
    const reason = template.text === outline.entry.name.text ? 'is the dag itself' : 'the plan does not have';
    const message = `the task ${quote(name.text)} uses the template ${quote(template.text)}, which ${reason}`;
    const hint = reader.findings.suggest(template.text, outline.templates.keys());
    reader.findings.error(template.offset, 'unknown-template', message, hint);
  }
  const read = new Map<string, StageTemplate>();
  for (const [name, template] of outline.templates) {
    if (!used.has(name)) {
      reader.findings.warning(
        template.name.offset,
        'unused-template',
        `no task uses the template ${quote(name)}`,
      );
      continue;
    }
    const stageTemplate = readTemplate(reader, template, outline.workflowValues, budget, outline.layers);
    if (stageTemplate !== null) read.set(name, stageTemplate);
  }
  return read;
}
