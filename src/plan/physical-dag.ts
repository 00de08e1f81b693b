import type { Node } from 'yaml';
import type { Diagnostic } from '../model/diagnostic.ts';
import { openDocument } from './document.ts';
import { Findings } from './findings.ts';
import { Reader } from './reader.ts';
import { quote } from './text.ts';
import { positionsIn } from './yaml.ts';

/** What a plan needs of a stage's physical DAG. */
export interface PhysicalDag {
  /** The first `params.outputPath` of its operators, or null. */
  readonly outputPath: string | null;
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Reads a physical DAG: YAML with `operators[]`, each with a `name` and `params`. `file` names it in the findings. What
 * else is in it is the executor's business.
 */
export function readPhysicalDag(text: string, file: string): PhysicalDag {
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
