import type { Node } from 'yaml';
import { dirname, isAbsolute, resolve } from 'node:path';
import type { Diagnostic } from '../model/diagnostic.ts';
import { PlanInvalidError } from '../model/diagnostic.ts';
import { NotFoundError } from '../model/errors.ts';
import type { PlanStage } from '../model/plan.ts';
import { isUri } from '../model/uri.ts';
import { Findings, quote } from './findings.ts';
import { Reader } from './reader.ts';
import type { StageDraft } from './stages.ts';
import { openDocument, positionsIn } from './yaml.ts';

/** How a plan's check gets at the files that the plan names. */
export interface DagIo {
  /** The text of a file. @throws NotFoundError @throws PlanInvalidError it is there, and can't be read */
  readDag(path: string): Promise<string>;
}

/** Files read at a time: storage is often far away. */
const AT_ONCE = 16;

/** Completes the stages with the output paths of their physical DAGs, each of which is read and reported once. */
export async function attachOutputs(
  drafts: readonly StageDraft[],
  planFile: string,
  findings: Findings,
  io: DagIo,
): Promise<{ stages: PlanStage[]; diagnostics: Diagnostic[] }> {
  const located = drafts.map((draft) => ({ draft, file: locate(draft, planFile, findings) }));
  const files = [...new Set(located.flatMap(({ file }) => file ?? []))];
  const dags = new Map(await readAtOnce(files, (file) => readOne(file, io)));
  const stages = located.map(({ draft: { stage, dagOffset }, file }) => {
    const dag = file === null ? undefined : dags.get(file);
    if (dag === undefined || file === null) return stage;
    if (dag instanceof NotFoundError) {
      const message = `the physical DAG ${quote(file)} of the task ${quote(stage.name)} is not there`;
      findings.error(dagOffset, 'missing-dag-file', message);
      return stage;
    }
    if (dag instanceof PlanInvalidError) {
      findings.error(
        dagOffset,
        'unreadable-dag-file',
        `the physical DAG of the task ${quote(stage.name)}: ${dag.message}`,
      );
      return stage;
    }
    if (dag.outputPath === null) return stage;
    const outputs = [...new Set([...stage.outputs, dag.outputPath])];
    return { ...stage, outputPath: dag.outputPath, outputs };
  });
  const diagnostics = [...dags.values()].flatMap((dag) => (dag instanceof Error ? [] : dag.diagnostics));
  return { stages, diagnostics };
}

function locate(
  { stage, dagPath, dagOffset }: StageDraft,
  planFile: string,
  findings: Findings,
): string | null {
  if (dagPath === null) return null;
  if (dagPath.known && dagPath.path !== '' && !isUri(dagPath.path)) {
    if (!isAbsolute(dagPath.path)) {
      const message = `--dagPath of the task ${quote(stage.name)} is relative: its program looks for it in its working directory`;
      findings.warning(dagOffset, 'relative-dag-path', message, 'write the whole path');
    }
    return resolve(dirname(planFile), dagPath.path);
  }
  if (dagPath.path === '') {
    findings.error(dagOffset, 'missing-dag-file', `--dagPath of the task ${quote(stage.name)} names no file`);
  } else {
    const message = `the physical DAG ${quote(dagPath.path)} of the task ${quote(stage.name)} can't be checked`;
    findings.warning(dagOffset, 'unchecked-dag-file', message, 'it is not a plain path to a file');
  }
  return null;
}

type Read = PhysicalDag | NotFoundError | PlanInvalidError;

/** What reading each of the files came to, a few at a time. */
export async function readAtOnce<T>(
  files: readonly string[],
  read: (file: string) => Promise<T>,
): Promise<[file: string, result: T][]> {
  const results: [string, T][] = [];
  for (let start = 0; start < files.length; start += AT_ONCE) {
    const batch = files.slice(start, start + AT_ONCE);
    results.push(
      ...(await Promise.all(batch.map(async (file): Promise<[string, T]> => [file, await read(file)]))),
    );
  }
  return results;
}

async function readOne(file: string, io: DagIo): Promise<Read> {
  try {
    return readPhysicalDag(await io.readDag(file), file);
  } catch (error) {
    if (error instanceof NotFoundError || error instanceof PlanInvalidError) return error;
    throw error;
  }
}

/** What a plan needs of a stage's physical DAG. */
interface PhysicalDag {
  /** The first `params.outputPath` of its operators, or null. */
  readonly outputPath: string | null;
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Reads a physical DAG: YAML with `operators[]`, each with a `name` and `params`. `file` names it in the findings. What
 * else is in it is the executor's business.
 */
function readPhysicalDag(text: string, file: string): PhysicalDag {
  const findings = new Findings(file, positionsIn(text));
  const document = openDocument(text, findings);
  const outputPath = document && readOutputPath(new Reader(findings, document.targets), document.root);
  // Warnings are about tags: those of the executor's own are no mistakes.
  return { outputPath, diagnostics: findings.list().filter(({ severity }) => severity === 'error') };
}

function readOutputPath(reader: Reader, contents: Node | null): string | null {
  const root = reader.value(contents);
  const dag = reader.mapping(root, 'the physical DAG');
  const list = dag === null ? root : reader.get(dag, 'operators');
  const operators = dag === null ? [] : reader.list(list, '"operators"');
  if (operators.length === 0 && reader.findings.errors === 0) {
    reader.findings.error(list.offset, 'missing-operators', 'the physical DAG has no "operators"');
  }
  let first: string | null = null;
  for (const item of operators) {
    const operator = reader.mapping(item, 'an operator');
    if (operator === null) continue;
    const name = reader.text(reader.get(operator, 'name'), 'the name of an operator');
    if (name === null) reader.findings.error(item.offset, 'missing-name', 'an operator has no "name"');
    const what = name === null ? 'an operator' : `the operator ${quote(name.text)}`;
    const params = reader.mapping(reader.get(operator, 'params'), `the params of ${what}`);
    const path = params && reader.text(reader.get(params, 'outputPath'), `the outputPath of ${what}`);
    if (path !== null && path.text !== '') first ??= path.text;
  }
  return first;
}
