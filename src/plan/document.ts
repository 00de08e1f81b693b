import type { Alias, Node } from 'yaml';
import type { Findings } from './findings.ts';
import { inspect } from './inspect.ts';
import { parseYaml } from './yaml.ts';

/** A YAML document that is safe to read: its root, and what its aliases stand for. */
export interface OpenDocument {
  readonly root: Node | null;
  readonly targets: ReadonlyMap<Alias, Node>;
}

/** Parses and inspects a text; null where anything is wrong with it as YAML: the findings say what. */
export function openDocument(text: string, findings: Findings): OpenDocument | null {
  const document = parseYaml(text, findings);
  if (document === null) return null;
  const targets = inspect(document, findings);
  return findings.errors === 0 ? { root: document.contents, targets } : null;
}
