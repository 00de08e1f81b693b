import type { Budget } from './budget.ts';
import type { NamedTemplate } from './outline.ts';
import { readNamedParameters } from './parameters.ts';
import { type Pattern, Scope } from './pattern.ts';
import type { PlanReader } from './plan-reader.ts';
import type { Mapping, Text, Value } from './reader.ts';
import { type Limits, readLimits } from './limits.ts';
import { quote } from './text.ts';

/** What a stage of this template runs, with its inputs still open. */
export interface StageTemplate {
  readonly name: Text;
  readonly inputs: readonly Input[];
  readonly inputNames: ReadonlySet<string>;
  readonly image: Pattern;
  readonly command: readonly Pattern[];
  /** Where the command stands. */
  readonly commandOffset: number;
  readonly env: readonly (readonly [name: string, value: Pattern])[];
  readonly artifacts: readonly Artifact[];
  readonly limits: Limits;
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
  const words = [
    ...readWords(reader, container, 'command', what),
    ...readWords(reader, container, 'args', what),
  ];
  const image = reader.text(reader.get(container, 'image'), `the image of ${what}`);
  if (image === null || image.text === '') {
    reader.findings.error(container.offset, 'missing-image', `the container of ${what} has no "image"`);
  }
  if (words.length === 0) {
    const message = `the container of ${what} has no "command"`;
    reader.findings.error(
      container.offset,
      'missing-command',
      message,
      "an image's own entry point is not used",
    );
  }
  return {
    name,
    inputs,
    inputNames,
    image: image === null ? [] : scope.compile(image),
    command: words.map((word) => scope.compile(word)),
    commandOffset: words[0]?.offset ?? container.offset,
    env: readEnv(reader, container, what).map(([key, text]) => [key, scope.compile(text)]),
    artifacts: readArtifacts(reader, reader.get(template, 'outputs'), scope, what),
    limits: readLimits(reader, template, what),
  };
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

function readEnv(reader: PlanReader, container: Mapping, what: string): [string, Text][] {
  const owner = `the env of ${what}`;
  return reader.list(reader.get(container, 'env'), owner).flatMap((item): [string, Text][] => {
    const entry = reader.known(item, 'env', `a variable in ${owner}`);
    if (entry === null) return [];
    const name = reader.text(reader.get(entry, 'name'), `the name of a variable in ${owner}`);
    if (name === null || !ENV_NAME.test(name.text)) {
      const message =
        name === null ? `a variable in ${owner} has no "name"` : `${quote(name.text)} can't name a variable`;
      reader.findings.error(name?.offset ?? entry.offset, 'invalid-env', message);
      return [];
    }
    const value = reader.text(reader.get(entry, 'value'), `the value of ${quote(name.text)} in ${owner}`);
    if (reader.get(entry, 'valueFrom').node !== null) return [];
    return [[name.text, value ?? { text: '', offset: entry.offset }]];
  });
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
