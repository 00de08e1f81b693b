import { type Alias, type Document, isAlias, isMap, isNode, isScalar, isSeq, type Node } from 'yaml';
import { type Findings, quote } from './findings.ts';
import { scalarText } from './reader.ts';

const DEPTH_MAX = 100;
/** Nodes that aliases may repeat. A plan builder's aliases repeat a few; a hostile plan's, billions. */
const REPEATED_MAX = 1_000_000;

interface Extent {
  readonly nodes: number;
  readonly depth: number;
}

/**
 * What each alias of a document stands for. Reports keys that stand twice in a mapping, and refuses documents that
 * would take too much stack or time to walk, with aliases followed: whoever reads on may recurse and follow freely.
 */
export function inspect(document: Document, findings: Findings): Map<Alias, Node> {
  const targets = new Map<Alias, Node>();
  const anchors = new Map<string, Node>();
  const extents = new Map<Node, Extent>();
  let repeated = 0;
  let tooDeep = false;

  const walk = (item: unknown, depth: number): Extent => {
    if (!isNode(item) || tooDeep) return { nodes: 0, depth: 0 };
    if (isAlias(item)) return follow(item, depth);
    if (item.anchor !== undefined) anchors.set(item.anchor, item);
    if (depth > DEPTH_MAX) {
      tooDeep = true;
      findings.error(offsetOf(item), 'too-deep', `collections are nested more than ${DEPTH_MAX} deep`);
      return { nodes: 0, depth: 0 };
    }
    let nodes = 1;
    let below = 0;
    const add = (child: unknown): void => {
      const extent = walk(child, depth + 1);
      nodes += extent.nodes;
      below = Math.max(below, extent.depth);
    };
    if (isMap(item)) {
      const seen = new Map<string, Node>();
      for (const { key, value } of item.items) {
        if (isScalar(key)) noteKey(seen, scalarText(key), key);
        add(key);
        add(value);
      }
    } else if (isSeq(item)) {
      item.items.forEach(add);
    }
    const extent = { nodes, depth: below + 1 };
    if (item.anchor !== undefined) extents.set(item, extent);
    return extent;
  };

  const noteKey = (seen: Map<string, Node>, text: string, key: Node): void => {
    const first = seen.get(text);
    if (first === undefined) seen.set(text, key);
    else
      findings.error(offsetOf(key), 'duplicate-key', `the key ${quote(text)} stands twice in this mapping`);
  };

  const follow = (alias: Alias, depth: number): Extent => {
    const target = anchors.get(alias.source);
    const extent = target && extents.get(target);
    if (target === undefined || extent === undefined) {
      findings.error(
        offsetOf(alias),
        'yaml-syntax',
        `the alias ${quote(`*${alias.source}`)} stands within what it repeats`,
      );
      return { nodes: 0, depth: 0 };
    }
    targets.set(alias, target);
    const before = repeated;
    repeated += extent.nodes;
    if (before <= REPEATED_MAX && repeated > REPEATED_MAX) {
      findings.error(offsetOf(alias), 'alias-expansion', `aliases repeat more than ${REPEATED_MAX} values`);
    }
    if (depth + extent.depth > DEPTH_MAX) {
      findings.error(offsetOf(alias), 'too-deep', `collections are nested more than ${DEPTH_MAX} deep`);
    }
    return extent;
  };

  walk(document.contents, 1);
  return targets;
}

function offsetOf(node: Node): number {
  return node.range?.[0] ?? 0;
}
