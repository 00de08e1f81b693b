import { isJsonObject, type JsonObject } from '../../model/json.ts';
import { Findings } from '../findings.ts';
import { Budget } from '../pattern.ts';
import { Reader, type Text } from '../reader.ts';
import { openDocument, positionsIn } from '../yaml.ts';
import { TypedReader } from './typed.ts';

/** Characters of one patch, and of all different ones of a plan. */
const PATCH_MAX = 64 * 1024;
const PATCHES_MAX = 512 * 1024;
/** Findings of one patch that are told. */
const TOLD_MAX = 10;
const POD = { of: 'one', name: 'PodSpec' } as const;

/** Reads the texts of `podSpecPatch`, each once. */
export class PatchReader {
  readonly #findings: Findings;
  readonly #known = new Map<string, JsonObject | null>();
  readonly #effort = new Budget(PATCHES_MAX);

  constructor(findings: Findings) {
    this.#findings = findings;
  }

  /** A patch, YAML or JSON, with references put in; null where it is empty, or can't be used: that is reported where `owner` has it. */
  read({ text, offset }: Text, owner: string): JsonObject | null {
    const known = this.#known.get(text);
    if (known !== undefined) return known;
    // That was reported, and the plan can't be run.
    if (this.#effort.exhausted) return null;
    const report = (message: string): void =>
      this.#findings.only(
        'kubernetes',
        'error',
        offset,
        'invalid-patch',
        `podSpecPatch of ${owner}${message}`,
      );
    if (text.length > PATCH_MAX) {
      report(` has more than ${PATCH_MAX} characters`);
      return null;
    }
    if (!this.#effort.spend(text.length)) {
      report(`: the patches of this plan have more than ${PATCHES_MAX} characters, parameters put in`);
      return null;
    }
    const patch = this.#parse(text, report);
    this.#known.set(text, patch);
    return patch;
  }

  #parse(text: string, report: (message: string) => void): JsonObject | null {
    const own = new Findings('podSpecPatch', positionsIn(text), 'kubernetes');
    const document = openDocument(text, own);
    if (document !== null) {
      const reader = new Reader(own, document.targets);
      const typed = new TypedReader({
        reader,
        scope: null,
        isPatch: true,
        effort: this.#effort,
        report: (...finding) => own.error(...finding),
      });
      const tree = typed.read(reader.value(document.root), POD, { path: '', owner: 'the patch' });
      const patch = tree !== null && 'value' in tree ? tree.value : undefined;
      if (this.#effort.exhausted) report(' has too many values');
      else if (own.errors === 0) return isJsonObject(patch) ? patch : null;
    }
    for (const { line, message, hint } of own.list().slice(0, TOLD_MAX)) {
      report(`, line ${line}: ${message}${hint === undefined ? '' : ` (${hint})`}`);
    }
    return null;
  }
}
