import { Findings } from '../findings.ts';
import { Budget } from '../pattern.ts';
import { Reader } from '../reader.ts';
import { openDocument, positionsIn } from '../yaml.ts';
import { TypedReader } from './typed.ts';

const VALUES_MAX = 1024 * 1024;

/** What Kubernetes would not take in a part of a pod's spec, each in a sentence; `owner` names it. Fields may be left out. */
export function podSpecProblems(spec: Readonly<Record<string, unknown>>, owner: string): string[] {
  const text = JSON.stringify(spec);
  const found = new Findings(owner, positionsIn(text), 'kubernetes');
  const document = openDocument(text, found);
  if (document !== null) {
    const reader = new Reader(found, document.targets);
    const typed = new TypedReader({
      reader,
      scope: null,
      isPatch: true,
      effort: new Budget(VALUES_MAX),
      report: (...finding) => found.error(...finding),
    });
    typed.read(reader.value(document.root), { of: 'one', name: 'PodSpec' }, { path: '', owner });
  }
  return found.list().map(({ message, hint }) => (hint === undefined ? message : `${message} (${hint})`));
}
