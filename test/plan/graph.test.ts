import fc from 'fast-check';
import { expect, it } from 'vitest';
import { findCycles } from '../../src/plan/graph.ts';

it('a graph without cycles has none', () => {
  expect(findCycles([])).toEqual([]);
  expect(findCycles([[], [0], [0], [1, 2]])).toEqual([]);
});

it('a node that points to itself is no cycle of several', () => {
  expect(findCycles([[0], [0, 1]])).toEqual([]);
});

it('each group of nodes that reach each other is shown once, by its shortest cycle from the lowest node', () => {
  expect(findCycles([[1], [2, 0], [0], [4], [3], [3]])).toEqual([
    [0, 1],
    [3, 4],
  ]);
});

it('a cycle of a million nodes, and a chain of as many, need no stack', () => {
  const size = 1_000_000;
  const ring = Array.from({ length: size }, (_, i) => [(i + 1) % size]);
  expect(findCycles(ring)[0]).toHaveLength(size);
  const chain = Array.from({ length: size }, (_, i) => (i + 1 < size ? [i + 1] : []));
  expect(findCycles(chain)).toEqual([]);
});

/** Which nodes each node reaches, by brute force. */
function reachable(edges: readonly (readonly number[])[]): Set<number>[] {
  return edges.map((_, start) => {
    const seen = new Set<number>();
    const queue = [start];
    for (const node of queue) {
      for (const next of edges[node] ?? []) {
        if (!seen.has(next)) queue.push(next);
        seen.add(next);
      }
    }
    return seen;
  });
}

const graph = fc.integer({ min: 1, max: 9 }).chain((size) =>
  fc.array(fc.uniqueArray(fc.integer({ min: 0, max: size - 1 }), { maxLength: 3 }), {
    minLength: size,
    maxLength: size,
  }),
);

it('in any graph, there is one true cycle for each group, beginning with its lowest node', () => {
  fc.assert(
    fc.property(graph, (edges) => {
      const reach = reachable(edges);
      const together = (a: number, b: number): boolean => reach[a]!.has(b) && reach[b]!.has(a);
      const lowest = edges.flatMap((_, node) => {
        const group = edges.flatMap((_edges, other) =>
          other !== node && together(node, other) ? [other] : [],
        );
        return group.length > 0 && group.every((other) => other > node) ? [node] : [];
      });
      const cycles = findCycles(edges);
      expect(cycles.map(([first]) => first)).toEqual(lowest);
      for (const cycle of cycles) {
        expect(new Set(cycle).size).toBe(cycle.length);
        cycle.forEach((node, i) => expect(edges[node]).toContain(cycle[(i + 1) % cycle.length]));
      }
    }),
  );
});
