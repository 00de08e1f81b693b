import {
  type Alias,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  type Node,
  type Scalar,
  type YAMLMap,
  type YAMLSeq,
} from 'yaml';
import { type Findings, quote } from './findings.ts';

/** A value of the document with aliases followed, and the place to report about it. `node` is null for an absent or null value. */
export interface Value {
  readonly node: Scalar | YAMLMap | YAMLSeq | null;
  readonly offset: number;
}

/** A text of the document and its place. */
export interface Text {
  readonly text: string;
  readonly offset: number;
}

/** A mapping with merge keys (`<<`) applied, in the order of the file. */
export interface Mapping {
  readonly offset: number;
  readonly entries: ReadonlyMap<string, { readonly keyOffset: number; readonly value: Value }>;
}

/**
 * Reads values of a document that `inspect` has passed, as the types that a plan wants; what has another type is
 * reported, and null. Every reading is `null` for a value that is not there, which is the caller's to report.
 */
export class Reader {
  readonly findings: Findings;
  readonly #targets: ReadonlyMap<Alias, Node>;

  constructor(findings: Findings, targets: ReadonlyMap<Alias, Node>) {
    this.findings = findings;
    this.#targets = targets;
  }

  value(node: unknown, fallbackOffset = 0): Value {
    const target = isAlias(node) ? this.#targets.get(node) : node;
    const offset = rangeStart(node) ?? fallbackOffset;
    if (isMap(target) || isSeq(target)) return { node: target, offset };
    return { node: isScalar(target) && target.value !== null ? target : null, offset };
  }

  /** `what` names the value in a message: `the template "a"`. */
  mapping({ node, offset }: Value, what: string): Mapping | null {
    if (node === null) return null;
    if (isMap(node)) return { offset, entries: this.#entries(node, new Map()) };
    return this.#wrongType(offset, what, 'a mapping', node);
  }

  /** Each item of a list; empty for an absent one. Items without a value are reported, and left out. */
  list({ node, offset }: Value, what: string): Value[] {
    if (node === null) return [];
    if (isSeq(node)) {
      const items = node.items.map((item) => this.value(item, offset));
      const empty = items.find((item) => item.node === null);
      if (empty === undefined) return items;
      this.findings.error(empty.offset, 'wrong-type', `${what}: an item is empty`);
      return items.filter((item) => item.node !== null);
    }
    this.#wrongType(offset, what, 'a list', node);
    return [];
  }

  /** A scalar's text: numbers and booleans are taken as they are written. */
  text({ node, offset }: Value, what: string): Text | null {
    if (node === null) return null;
    if (!isScalar(node)) return this.#wrongType(offset, what, 'a string', node);
    const text = scalarText(node);
    if (!text.includes('\0')) return { text, offset };
    this.findings.error(
      offset,
      'invalid-text',
      `${what} contains a NUL character, which no program can be given`,
    );
    return null;
  }

  /** True or false, as YAML 1.2 writes it, or a string of it. */
  flag(value: Value, what: string): boolean | null {
    const text = this.text(value, what);
    if (text === null || text.text === '') return null;
    if (text.text === 'true' || text.text === 'false') return text.text === 'true';
    const message = `${what} must be true or false, but is ${quote(text.text)}`;
    this.findings.error(text.offset, 'wrong-type', message);
    return null;
  }

  get({ entries, offset }: Mapping, key: string): Value {
    return entries.get(key)?.value ?? { node: null, offset };
  }

  #entries(map: YAMLMap, entries: Map<string, { keyOffset: number; value: Value }>): typeof entries {
    const merged: Value[] = [];
    for (const { key, value } of map.items) {
      const keyOffset = rangeStart(key) ?? 0;
      const name = this.value(key).node;
      const text = isScalar(name) ? scalarText(name) : '';
      if (text === '<<') merged.push(this.value(value, keyOffset));
      else if (!entries.has(text)) entries.set(text, { keyOffset, value: this.value(value, keyOffset) });
    }
    for (const { node, offset } of merged) {
      const sources = isSeq(node) ? node.items.map((item) => this.value(item).node) : [node];
      for (const source of sources) {
        if (isMap(source)) this.#entries(source, entries);
        else
          this.findings.error(offset, 'wrong-type', 'what << merges must be a mapping or a list of mappings');
      }
    }
    return entries;
  }

  #wrongType(offset: number, what: string, expected: string, node: Scalar | YAMLMap | YAMLSeq): null {
    const found = isMap(node) ? 'a mapping' : isSeq(node) ? 'a list' : quote(scalarText(node));
    this.findings.error(offset, 'wrong-type', `${what} must be ${expected}, but is ${found}`);
    return null;
  }
}

/** The text of a scalar: its value where that is a string, else as it is written. */
export function scalarText(scalar: Scalar): string {
  return typeof scalar.value === 'string' ? scalar.value : (scalar.source ?? '');
}

function rangeStart(node: unknown): number | undefined {
  return isScalar(node) || isMap(node) || isSeq(node) || isAlias(node) ? node.range?.[0] : undefined;
}
