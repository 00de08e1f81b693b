import type { Figure } from '../measure.ts';
import { runRows } from '../run-rows.ts';
import { openFakeCluster } from './fake-cluster.ts';
import { gapRow, idleRow, requestsRow, throughputRow } from './rows.ts';

const ROWS = { requests: requestsRow, gap: gapRow, throughput: throughputRow, idle: idleRow };

/** Each row in a namespace of its own. */
async function* onCluster(root: string, row: (typeof ROWS)[keyof typeof ROWS]): AsyncGenerator<Figure> {
  const cluster = await openFakeCluster(root);
  try {
    yield* row(root, cluster);
  } finally {
    await cluster.close();
  }
}

void runRows(
  Object.fromEntries(
    Object.entries(ROWS).map(([name, row]) => [name, (root: string) => onCluster(root, row)]),
  ),
  process.argv.slice(2),
);
