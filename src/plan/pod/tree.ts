import type { Json } from '../../model/json.ts';
import { type Budget, type Pattern, fillPattern } from '../pattern.ts';

/** A value whose references to the inputs of its template are still open, or one that has none. */
export type Tree =
  | { readonly value: Json }
  | { readonly pattern: Pattern; readonly read: (text: string) => Json | undefined }
  | { readonly items: readonly Tree[] }
  | { readonly entries: readonly TreeEntry[] };
export type TreeEntry = readonly [key: string, tree: Tree];

/** A list, closed where all of its items are. */
export function listTree(items: readonly Tree[]): Tree {
  return items.every((item) => 'value' in item) ? { value: items.map(({ value }) => value) } : { items };
}

/** A mapping, closed where all of its values are. */
export function mapTree(entries: readonly TreeEntry[]): Tree {
  if (!isClosed(entries)) return { entries };
  return { value: Object.fromEntries(entries.map(([key, { value }]) => [key, value])) };
}

/** True where nothing refers to an input. */
export function isClosed(
  entries: readonly TreeEntry[],
): entries is readonly (readonly [string, { readonly value: Json }])[] {
  return entries.every(([, tree]) => 'value' in tree);
}

/** The value with inputs put in. What is not of its type then was reported by `read`, and is left out. */
export function fillTree(tree: Tree, inputs: ReadonlyMap<string, string>, budget: Budget): Json | undefined {
  if ('value' in tree) return tree.value;
  if ('pattern' in tree) return tree.read(fillPattern(tree.pattern, inputs, budget));
  if ('items' in tree) {
    return tree.items.map((item) => fillTree(item, inputs, budget)).filter((item) => item !== undefined);
  }
  return fillEntries(tree.entries, inputs, budget);
}

/** Likewise, for the values of a mapping. */
export function fillEntries(
  entries: readonly TreeEntry[],
  inputs: ReadonlyMap<string, string>,
  budget: Budget,
): { [key: string]: Json } {
  return Object.fromEntries(
    entries.flatMap(([key, tree]) => {
      const value = fillTree(tree, inputs, budget);
      return value === undefined ? [] : [[key, value]];
    }),
  );
}
