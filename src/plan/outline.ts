import { quote } from './findings.ts';
import { type Limits, readLimits, readParallelism } from './limits.ts';
import { readNamedParameters } from './parameters.ts';
import { type Budget, Scope } from './pattern.ts';
import type { PlanReader } from './plan-reader.ts';
import { LayerReader, type PodLayer } from './pod/layer.ts';
import type { Mapping, Text, Value } from './reader.ts';

/** A template by its name, with its content still to be read. */
export interface NamedTemplate {
  readonly name: Text;
  readonly value: Value;
}

/** The parts of a plan's file, before its tasks and templates are read. */
export interface Outline {
  /** The items of `dag.tasks`; at least one. */
  readonly tasks: readonly Value[];
  /** The template where the plan starts. */
  readonly entry: NamedTemplate;
  /** The others: what tasks can use. */
  readonly templates: ReadonlyMap<string, NamedTemplate>;
  /** What a template can refer to beside its own inputs, by full reference. */
  readonly workflowValues: ReadonlyMap<string, string>;
  /** What the arguments of tasks can refer to. */
  readonly taskScope: Scope;
  /** What the plan says for all templates: how they are tried again; for the whole task: how long it may run. */
  readonly limits: Limits;
  /** How many of its stages may run at once; null where the plan does not say. */
  readonly parallelism: number | null;
  /** What the plan says of all pods; null where that is nothing. */
  readonly pod: PodLayer | null;
  /** Reads what templates say of theirs. */
  readonly layers: LayerReader;
}

/** Finds the parts, or reports what is missing and returns null. */
export function readOutline(reader: PlanReader, root: Value, budget: Budget): Outline | null {
  const { findings } = reader;
  const workflow = reader.known(root, 'workflow', 'the plan');
  if (workflow === null) {
    if (root.node === null) findings.error(0, 'missing-spec', 'the file is empty, but a plan has a "spec"');
    return null;
  }
  const kind = reader.text(reader.get(workflow, 'kind'), 'the kind of the plan');
  if (kind !== null && kind.text !== '' && kind.text !== 'Workflow') {
    const message = `the plan is of the kind ${quote(kind.text)}, and only a Workflow can be run`;
    findings.error(kind.offset, 'unsupported', message, 'write what it starts as "kind: Workflow"');
    return null;
  }
  const specValue = reader.get(workflow, 'spec');
  const spec = reader.known(specValue, 'spec', 'spec');
  if (spec === null) {
    if (specValue.node === null) findings.error(specValue.offset, 'missing-spec', 'the plan has no "spec"');
    return null;
  }
  const workflowValues = readWorkflowValues(reader, spec, budget);
  const limits = readLimits(reader, spec, 'spec');
  const templates = readTemplates(reader, spec);
  const entry = findEntry(reader, spec, templates);
  if (entry === null) return null;
  if (templates.keys().next().value !== entry.name.text) {
    const message = `the graph ${quote(entry.name.text)} is not the first template, where the Java master looks for it`;
    findings.only('java-master', 'error', entry.name.offset, 'java-master', message, 'write it first');
  }
  templates.delete(entry.name.text);
  const dag = readDag(reader, entry, workflowValues, budget);
  if (dag === null) return null;
  const bounds = [readParallelism(reader, spec, 'spec'), dag.parallelism].filter((bound) => bound !== null);
  const parallelism = bounds.length === 0 ? null : Math.min(...bounds);
  const layers = new LayerReader(reader, workflowValues);
  const pod = layers.spec(spec);
  return { ...dag, entry, templates, workflowValues, limits, parallelism, pod, layers };
}

function readWorkflowValues(reader: PlanReader, spec: Mapping, budget: Budget): Map<string, string> {
  const scope = new Scope(reader.findings, new Map());
  const values = new Map<string, string>();
  for (const { name, value } of readNamedParameters(
    reader,
    reader.get(spec, 'arguments'),
    'arguments',
    'the plan',
  )) {
    if (value !== null) values.set(`workflow.parameters.${name}`, scope.fill(value, budget));
  }
  return values;
}

/** By name, in the order of the file. One without a name is reported, and left out. */
function readTemplates(reader: PlanReader, spec: Mapping): Map<string, NamedTemplate> {
  const list = reader.get(spec, 'templates');
  const items = reader.list(list, 'spec.templates');
  if (items.length === 0 && reader.findings.errors === 0) {
    reader.findings.error(list.offset, 'missing-templates', '"spec" has no "templates"');
  }
  const templates = new Map<string, NamedTemplate>();
  for (const value of items) {
    const mapping = reader.mapping(value, 'a template');
    if (mapping === null) continue;
    const name = reader.text(reader.get(mapping, 'name'), 'the name of a template');
    if (name === null || name.text === '') {
      reader.findings.error(value.offset, 'missing-name', 'a template has no "name"');
    } else if (templates.has(name.text)) {
      reader.findings.error(name.offset, 'duplicate-name', `two templates are named ${quote(name.text)}`);
    } else {
      templates.set(name.text, { name, value });
    }
  }
  return templates;
}

/** The template that `spec.entrypoint` names, or else the first one. */
function findEntry(
  reader: PlanReader,
  spec: Mapping,
  templates: ReadonlyMap<string, NamedTemplate>,
): NamedTemplate | null {
  const named = reader.text(reader.get(spec, 'entrypoint'), 'spec.entrypoint');
  if (named === null) return templates.values().next().value ?? null;
  const entry = templates.get(named.text);
  if (entry !== undefined || templates.size === 0) return entry ?? null;
  const message = `the entry point ${quote(named.text)} is no template of this plan`;
  reader.findings.error(
    named.offset,
    'unknown-template',
    message,
    reader.findings.suggest(named.text, templates.keys()),
  );
  return null;
}

function readDag(
  reader: PlanReader,
  entry: NamedTemplate,
  workflowValues: ReadonlyMap<string, string>,
  budget: Budget,
): Pick<Outline, 'tasks' | 'taskScope' | 'parallelism'> | null {
  const what = `the template ${quote(entry.name.text)}`;
  const template = reader.known(entry.value, 'entry', what);
  if (template === null) return null;
  const dagValue = reader.get(template, 'dag');
  const dag = reader.known(dagValue, 'dag', `the dag of ${what}`);
  if (dag === null) {
    if (dagValue.node !== null) return null;
    const message = `${what}, where the plan starts, has no "dag"`;
    const hint = 'name the template that has it in spec.entrypoint';
    reader.findings.error(entry.name.offset, 'missing-dag', message, hint);
    return null;
  }
  const container = reader.get(template, 'container');
  if (container.node !== null) {
    reader.findings.error(
      container.offset,
      'unsupported',
      `${what} is a dag, and can't be a container as well`,
    );
  }
  const failFast = reader.get(dag, 'failFast');
  if (reader.flag(failFast, `failFast of ${what}`) === false) {
    const message = `${what}: "failFast: false" can't be carried out: no stage starts once another one has failed`;
    const hint = 'remove it, or make plans of their own of what does not belong together';
    reader.findings.error(failFast.offset, 'unsupported', message, hint);
  }
  const list = reader.get(dag, 'tasks');
  const tasks = reader.list(list, `the tasks of ${what}`);
  if (tasks.length === 0) {
    reader.findings.error(list.offset, 'missing-tasks', `the dag of ${what} has no tasks`);
    return null;
  }
  const values = new Map(workflowValues);
  const scope = new Scope(reader.findings, workflowValues);
  for (const { name, value } of readNamedParameters(reader, reader.get(template, 'inputs'), 'inputs', what)) {
    const supplied =
      workflowValues.get(`workflow.parameters.${name}`) ?? (value && scope.fill(value, budget));
    if (supplied !== null) values.set(`inputs.parameters.${name}`, supplied);
  }
  const parallelism = readParallelism(reader, template, what);
  return { tasks, taskScope: new Scope(reader.findings, values), parallelism };
}
