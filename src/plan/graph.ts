/**
 * Cycles of a graph whose node `i` points to `edges[i]`: one for each group of nodes that all reach each other, as
 * the nodes along it, the lowest first. Edges of a node to itself don't count. Takes time linear in the graph, and no stack.
 */
export function findCycles(edges: readonly (readonly number[])[]): number[][] {
  const group = groups(edges);
  const members = new Map<number, number>();
  for (const id of group) members.set(id, (members.get(id) ?? 0) + 1);
  const cycles: number[][] = [];
  const done = new Set<number>();
  group.forEach((id, node) => {
    if (done.has(id) || members.get(id) === 1) return;
    done.add(id);
    cycles.push(shortestCycle(edges, group, node));
  });
  return cycles;
}

/** The shortest way from `start` back to it within its group, by breadth. */
function shortestCycle(
  edges: readonly (readonly number[])[],
  group: readonly number[],
  start: number,
): number[] {
  const cameFrom = new Map<number, number>();
  const queue = [start];
  for (const node of queue) {
    for (const next of edges[node] ?? []) {
      if (next === start && node !== start) return wayTo(node, cameFrom);
      if (next === start || group[next] !== group[start] || cameFrom.has(next)) continue;
      cameFrom.set(next, node);
      queue.push(next);
    }
  }
  return [start];
}

function wayTo(last: number, cameFrom: ReadonlyMap<number, number>): number[] {
  const way: number[] = [];
  for (let node: number | undefined = last; node !== undefined; node = cameFrom.get(node)) way.push(node);
  return way.reverse();
}

/** The strongly connected component of each node, by a number of its own: Tarjan's algorithm with a stack of its own. */
function groups(edges: readonly (readonly number[])[]): number[] {
  const group = new Array<number>(edges.length).fill(-1);
  const order = new Array<number>(edges.length).fill(-1);
  const low = new Array<number>(edges.length).fill(-1);
  const open: number[] = [];
  let visited = 0;
  let found = 0;
  for (let root = 0; root < edges.length; root++) {
    if (order[root] !== -1) continue;
    const path: { node: number; next: number }[] = [];
    const enter = (node: number): void => {
      order[node] = low[node] = visited++;
      open.push(node);
      path.push({ node, next: 0 });
    };
    const lower = (node: number, to: number | undefined): void => {
      low[node] = Math.min(low[node] ?? Infinity, to ?? Infinity);
    };
    enter(root);
    for (let step = path.at(-1); step !== undefined; step = path.at(-1)) {
      const next = edges[step.node]?.[step.next++];
      if (next !== undefined) {
        if (order[next] === -1) enter(next);
        else if (group[next] === -1) lower(step.node, order[next]);
        continue;
      }
      path.pop();
      const parent = path.at(-1);
      if (parent !== undefined) lower(parent.node, low[step.node]);
      if (low[step.node] !== order[step.node]) continue;
      for (let member = open.pop(); member !== undefined; member = open.pop()) {
        group[member] = found;
        if (member === step.node) break;
      }
      found += 1;
    }
  }
  return group;
}
