import { isJsonObject, type JsonObject } from '../../model/json.ts';
import type { Findings } from '../findings.ts';
import { Budget } from '../pattern.ts';
import type { Text } from '../reader.ts';
import { readPodSpec } from './spec.ts';

/** Characters of one patch, and of all different ones of a plan. */
const PATCH_MAX = 64 * 1024;
const PATCHES_MAX = 512 * 1024;
/** Findings of one patch that are told. */
const TOLD_MAX = 10;

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
    const { value: patch, findings: own } = readPodSpec(text, 'the patch', this.#effort);
    if (this.#effort.exhausted) report(' has too many values');
    else if (own.errors === 0) return isJsonObject(patch) ? patch : null;
    for (const { line, message, hint } of own.list().slice(0, TOLD_MAX)) {
      report(`, line ${line}: ${message}${hint === undefined ? '' : ` (${hint})`}`);
    }
    return null;
  }
}
