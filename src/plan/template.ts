import { quote } from './findings.ts';
import type { NamedTemplate } from './outline.ts';
import { readNamedParameters } from './parameters.ts';
import { type Budget, type Pattern, Scope } from './pattern.ts';
import type { PlanReader } from './plan-reader.ts';
import type { LayerReader, PodLayer } from './pod/layer.ts';
import type { Mapping, Text, Value } from './reader.ts';
import { type Limits, readLimits } from './limits.ts';

/** What a stage of this template runs, with its inputs still open. */
export interface StageTemplate {
  readonly name: Text;
  readonly inputs: readonly Input[];
  readonly inputNames: ReadonlySet<string>;
  readonly image: Pattern;
  readonly command: readonly Pattern[];
  /** How many of its words take the place of the image's entry point. */
  readonly entryWords: number;
  /** Where the command stands. */
  readonly commandOffset: number;
  readonly env: readonly (readonly [name: string, value: Pattern])[];
  readonly artifacts: readonly Artifact[];
  readonly limits: Limits;
  /** What it says of its pod; null where that is nothing. */
  readonly pod: PodLayer | null;
}

/** A result that a stage of this template leaves at a path. */
interface Artifact {
  readonly path: Pattern;
  readonly isOptional: boolean;
}

interface Input {
  readonly name: string;
  /** Taken where a task supplies nothing. */
  readonly value: string | null;
}

const ONE_DAG = "put its tasks into the entry point's dag";
const ENV_NAME = /^[-._a-z][-.\w]*$/i;

/** Reads a template that a task uses; null where it runs no container: that is reported. */
export function readTemplate(
  reader: PlanReader,
  { name, value }: NamedTemplate,
  workflowValues: ReadonlyMap<string, string>,
  budget: Budget,
  layers: LayerReader,
): StageTemplate | null {
  const what = `the template ${quote(name.text)}`;
  const before = reader.findings.errors;
  const template = reader.known(value, 'template', what);
  if (template === null) return null;
  const dag = reader.get(template, 'dag');
  if (dag.node !== null) {
    reader.findings.error(dag.offset, 'unsupported', `${what} is a dag, but stages run containers`, ONE_DAG);
  }
  const inputs = readInputs(reader, reader.get(template, 'inputs'), what, workflowValues, budget);
  const containerValue = reader.get(template, 'container');
  const container = reader.known(containerValue, 'container', `the container of ${what}`);
  if (container === null) {
    if (containerValue.node === null && reader.findings.errors === before) {
      const message = `${what} has no "container": there is nothing to run`;
      reader.findings.error(name.offset, 'missing-container', message);
    }
    return null;
  }
  const inputNames = new Set(inputs.map((input) => input.name));
  const scope = new Scope(reader.findings, workflowValues, inputNames);
  const command = readWords(reader, container, 'command', what);
  const args = readWords(reader, container, 'args', what);
  const words = [...command, ...args];
  const image = reader.text(reader.get(container, 'image'), `the image of ${what}`);
  if (image === null || image.text === '') {
    reader.findings.error(container.offset, 'missing-image', `the container of ${what} has no "image"`);
  }
  if (command.length === 0) {
    const message = `the container of ${what} has no "command"`;
    const hint = "write the program of the image's entry point: a process has no image";
    reader.findings.only('process', 'error', container.offset, 'missing-command', message, hint);
  }
  if (args.length !== 1 || !isReference(args[0]?.text ?? '')) {
    const message = `the args of ${what} are not '{{inputs.parameters.<name>}}' alone, which the Java master needs`;
    reader.findings.only('java-master', 'error', args[0]?.offset ?? container.offset, 'java-master', message);
  }
  const { literals, references } = readEnv(reader, container, what);
  return {
    name,
    inputs,
    inputNames,
    image: image === null ? [] : scope.compile(image),
    command: words.map((word) => scope.compile(word)),
    entryWords: command.length,
    commandOffset: words[0]?.offset ?? container.offset,
    env: literals.map(([key, text]) => [key, scope.compile(text)]),
    artifacts: readArtifacts(reader, reader.get(template, 'outputs'), scope, what),
    limits: readLimits(reader, template, what),
    pod: layers.template({ template, container, references, inputs: inputNames, owner: what }),
  };
}

function isReference(text: string): boolean {
  return (
    text.startsWith('{{') && text.endsWith('}}') && text.slice(2, -2).trim().startsWith('inputs.parameters.')
  );
}

function readInputs(
  reader: PlanReader,
  value: Value,
  what: string,
  workflowValues: ReadonlyMap<string, string>,
  budget: Budget,
): Input[] {
  const scope = new Scope(reader.findings, workflowValues);
  return readNamedParameters(reader, value, 'inputs', what).map(({ name, value: text }) => ({
    name,
    value: text && scope.fill(text, budget),
  }));
}

function readWords(reader: PlanReader, container: Mapping, key: 'command' | 'args', what: string): Text[] {
  return reader.list(reader.get(container, key), `the ${key} of ${what}`).flatMap((item) => {
    return reader.text(item, `a word of the ${key} of ${what}`) ?? [];
  });
}

interface Env {
  readonly literals: readonly (readonly [name: string, value: Text])[];
  /** Items that say where the value comes from. */
  readonly references: readonly Value[];
}

function readEnv(reader: PlanReader, container: Mapping, what: string): Env {
  const owner = `the env of ${what}`;
  const literals: [string, Text][] = [];
  const references: Value[] = [];
  for (const item of reader.list(reader.get(container, 'env'), owner)) {
    const entry = reader.known(item, 'env', `a variable in ${owner}`);
    if (entry === null) continue;
    const name = reader.text(reader.get(entry, 'name'), `the name of a variable in ${owner}`);
    if (name === null || !ENV_NAME.test(name.text)) {
      const message =
        name === null ? `a variable in ${owner} has no "name"` : `${quote(name.text)} can't name a variable`;
      reader.findings.error(name?.offset ?? entry.offset, 'invalid-env', message);
      continue;
    }
    const value = reader.text(reader.get(entry, 'value'), `the value of ${quote(name.text)} in ${owner}`);
    const source = reader.get(entry, 'valueFrom');
    if (source.node === null) {
      literals.push([name.text, value ?? { text: '', offset: entry.offset }]);
    } else {
      reportValueFrom(reader, source, name.text, owner);
      references.push(item);
    }
  }
  return { literals, references };
}

/**
 * A process has no other variables than the plan and clic-master give it. Without one that is not optional, a program
 * would run and do something else: the master refuses that, and whoever can't know what the master passes on is warned.
 */
function reportValueFrom(reader: PlanReader, source: Value, name: string, owner: string): void {
  const mapping = reader.mapping(source, `valueFrom of ${quote(name)} in ${owner}`);
  if (mapping === null || reader.passedEnv?.has(name)) return;
  for (const [key, { value }] of mapping.entries) {
    const what = `${key} of ${quote(name)} in ${owner}`;
    const reference = reader.mapping(value, what);
    if (reference !== null && reader.flag(reader.get(reference, 'optional'), `"optional" of ${what}`)) return;
  }
  const message = `${owner}: a process gets ${quote(name)} only where clic-master passes it on`;
  const severity = reader.passedEnv === null ? 'warning' : 'error';
  const hint = `start clic-master with ${name} in its environment, and with --pass-env ${name}`;
  reader.findings.only('process', severity, source.offset, 'value-from', message, hint);
}

/** The artifacts that have a path. */
function readArtifacts(reader: PlanReader, value: Value, scope: Scope, what: string): Artifact[] {
  const outputs = reader.known(value, 'outputs', `the outputs of ${what}`);
  if (outputs === null) return [];
  const owner = `an artifact of ${what}`;
  const items = reader.list(reader.get(outputs, 'artifacts'), `the artifacts of ${what}`);
  return items.flatMap((item): Artifact[] => {
    const artifact = reader.mapping(item, owner);
    if (artifact === null) return [];
    const path = reader.text(reader.get(artifact, 'path'), `the path of ${owner}`);
    const isOptional = reader.flag(reader.get(artifact, 'optional'), `"optional" of ${owner}`) ?? false;
    return path === null || path.text === '' ? [] : [{ path: scope.compile(path), isOptional }];
  });
}
