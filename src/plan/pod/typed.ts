import { isMap, isScalar, isSeq } from 'yaml';
import type { Json } from '../../model/json.ts';
import { type Findings, type Rule, quote } from '../findings.ts';
import { type Budget, isClosedPattern, type Scope } from '../pattern.ts';
import { type Reader, scalarText, type Value } from '../reader.ts';
import { isQualifiedName, readLeaf } from './leaf.ts';
import { listTree, mapTree, type Tree, type TreeEntry } from './tree.ts';
import { fieldsOf, type PodType } from './types.ts';

/** Where a value stands: `volumes[0].name` of `the template "a"`. */
export interface Place {
  readonly path: string;
  readonly owner: string;
}

type Report = (...finding: Parameters<Findings['error']>) => void;

interface TypedReading {
  readonly reader: Reader;
  /** What references in texts can stand for; null where they were put in before. */
  readonly scope: Scope | null;
  /** A patch may leave out what has to be there, and removes by null. */
  readonly isPatch: boolean;
  /** Bounds the values that are walked. */
  readonly effort: Budget;
  readonly report: Report;
}

/** Reads values of a document as Kubernetes' own types. What they don't allow is reported, and left out. */
export class TypedReader {
  readonly #with: TypedReading;

  constructor(reading: TypedReading) {
    this.#with = reading;
  }

  /** null for an absent value, and for what can't be used. */
  read(value: Value, type: PodType, place: Place): Tree | null {
    const { node } = value;
    // Whoever made the effort's budget reports that it is exhausted.
    if (node === null || !this.#with.effort.spend(0)) return null;
    if (type.of === 'list') return this.#list(value, type.name, place);
    if (type.of === 'map') return this.#map(value, type.name, place);
    return fieldsOf(type.name) === null
      ? this.#leaf(value, type.name, place)
      : this.#fields(value, type.name, place);
  }

  #list({ node, offset }: Value, type: string, { path, owner }: Place): Tree | null {
    if (!isSeq(node)) return this.#wrong(offset, { path, owner }, 'a list', node);
    const items = node.items.flatMap((item, index) => {
      const at = { path: `${path}[${index}]`, owner };
      const value = this.#with.reader.value(item, offset);
      if (value.node !== null) return this.read(value, { of: 'one', name: type }, at) ?? [];
      this.#wrong(value.offset, at, 'a value', null);
      return [];
    });
    return listTree(items);
  }

  #map(value: Value, type: string, place: Place): Tree | null {
    return this.#entries(value, place, (key, offset) => {
      if (type === 'string' || isQualifiedName(key)) return { of: 'one', name: type };
      const message = `${quote(key)} can't be a key in ${nameOf(place)}`;
      const hint = "write [<domain>/]<name>, of letters, digits, '-', '_' and '.'";
      this.#with.report(offset, 'invalid-name', message, hint);
      return null;
    });
  }

  #fields(value: Value, type: string, place: Place): Tree | null {
    const fields = fieldsOf(type) ?? new Map<string, never>();
    const present = new Set<string>();
    const tree = this.#entries(value, place, (key, offset) => {
      const field = fields.get(key);
      present.add(key);
      if (field !== undefined) return field;
      const message = `${nameOf(place)} has no field ${quote(key)} in Kubernetes`;
      this.#with.report(
        offset,
        'unknown-key',
        message,
        this.#with.reader.findings.suggest(key, fields.keys()),
      );
      return null;
    });
    for (const [key, { isRequired }] of tree === null || this.#with.isPatch ? [] : fields) {
      if (!isRequired || present.has(key)) continue;
      this.#with.report(value.offset, 'missing-field', `${nameOf(place)} has no ${quote(key)}`);
    }
    return tree;
  }

  /** The entries that `typeOf` gives a type; those without a value say nothing. */
  #entries(
    value: Value,
    { path, owner }: Place,
    typeOf: (key: string, offset: number) => PodType | null,
  ): Tree | null {
    if (!isMap(value.node)) return this.#wrong(value.offset, { path, owner }, 'a mapping', value.node);
    const mapping = this.#with.reader.mapping(value, nameOf({ path, owner }));
    const entries: TreeEntry[] = [];
    for (const [key, { keyOffset, value: entry }] of mapping?.entries ?? []) {
      if (entry.node === null && !this.#with.isPatch) continue;
      const type = typeOf(key, keyOffset);
      if (type === null) continue;
      const at = { path: path === '' ? key : `${path}.${key}`, owner };
      const tree = entry.node === null ? { value: null } : this.read(entry, type, at);
      if (tree !== null) entries.push([key, tree]);
    }
    return mapTree(entries);
  }

  #leaf({ node, offset }: Value, type: string, place: Place): Tree | null {
    if (!isScalar(node)) return this.#wrong(offset, place, 'a single value', node);
    const text = scalarText(node);
    const { scope } = this.#with;
    const read = (filled: string, isText: boolean): Json | undefined => {
      const leaf = readLeaf(type, filled, isText);
      if ('value' in leaf) return leaf.value;
      this.#report(offset, place, leaf.expected, quote(filled));
      return undefined;
    };
    if (scope !== null && text.includes('{{')) {
      const pattern = scope.compile({ text, offset });
      if (!isClosedPattern(pattern)) return { pattern, read: (filled) => read(filled, false) };
      const value = read(pattern.join(''), false);
      return value === undefined ? null : { value };
    }
    const value = read(text, typeof node.value === 'string');
    return value === undefined ? null : { value };
  }

  #wrong(offset: number, place: Place, expected: string, node: Value['node']): null {
    const found = isMap(node)
      ? 'a mapping'
      : isSeq(node)
        ? 'a list'
        : isScalar(node)
          ? quote(scalarText(node))
          : 'empty';
    this.#report(offset, place, expected, found);
    return null;
  }

  #report(offset: number, place: Place, expected: string, found: string): void {
    const rule: Rule = 'wrong-type';
    this.#with.report(offset, rule, `${nameOf(place)} must be ${expected}, but is ${found}`);
  }
}

function nameOf({ path, owner }: Place): string {
  return path === '' ? owner : `${path} of ${owner}`;
}
