import type { Json } from '../../model/json.ts';
import { Findings } from '../findings.ts';
import { Budget } from '../pattern.ts';
import { Reader } from '../reader.ts';
import { openDocument, positionsIn } from '../yaml.ts';
import { TypedReader } from './typed.ts';

const VALUES_MAX = 1024 * 1024;
const POD = { of: 'one', name: 'PodSpec' } as const;

/** A part of a pod's spec by itself, as it was read. */
interface SpecRead {
  /** Undefined where it is empty, or can't be read. */
  readonly value: Json | undefined;
  /** What Kubernetes would not take. */
  readonly findings: Findings;
}

/** Reads a part of a pod's spec, YAML or JSON, in which any field may be left out; `owner` names it in findings. */
export function readPodSpec(text: string, owner: string, effort: Budget): SpecRead {
  const findings = new Findings(owner, positionsIn(text), 'kubernetes');
  const document = openDocument(text, findings);
  if (document === null) return { value: undefined, findings };
  const reader = new Reader(findings, document.targets);
  const typed = new TypedReader({
    reader,
    scope: null,
    isPatch: true,
    effort,
    report: (...finding) => findings.error(...finding),
  });
  const tree = typed.read(reader.value(document.root), POD, { path: '', owner });
  return { value: tree !== null && 'value' in tree ? tree.value : undefined, findings };
}

/** What Kubernetes would not take in a part of a pod's spec, each in a sentence; `owner` names it. */
export function podSpecProblems(spec: Readonly<Record<string, unknown>>, owner: string): string[] {
  const effort = new Budget(VALUES_MAX);
  const { findings } = readPodSpec(JSON.stringify(spec), owner, effort);
  const told = findings
    .list()
    .map(({ message, hint }) => (hint === undefined ? message : `${message} (${hint})`));
  return effort.exhausted ? [...told, `${owner} has too many values`] : told;
}
