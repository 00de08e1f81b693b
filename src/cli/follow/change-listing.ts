import type { Listing } from '../output/listing.ts';
import { printable } from '../../model/printable.ts';
import { clockTime, durationText } from '../output/times.ts';
import type { Change } from './snapshot.ts';

const COLUMNS = [
  'time',
  'kind',
  'id',
  'status',
  'previous_status',
  'retry_count',
  'runtime_seconds',
  'name',
  'failure',
];

/** A change, and when this side saw it. */
export interface SeenChange extends Change {
  readonly time: Date;
}

/** Changes in each format, as far as they are known. */
export function changeListing(changes: readonly SeenChange[]): Listing {
  const rows = (): string[][] =>
    changes.map(({ time, kind, id, name, status, previous, retryCount, runtimeSeconds, failure }) => [
      time.toISOString(),
      kind,
      id,
      status,
      previous ?? '',
      String(retryCount),
      runtimeSeconds === null ? '' : String(runtimeSeconds),
      name ?? '',
      failure ?? '',
    ]);
  const fields = (): Record<string, unknown>[] =>
    changes.map(({ time, kind, id, name, status, previous, retryCount, runtimeSeconds, failure }) => ({
      time: time.toISOString(),
      kind,
      id,
      name,
      status,
      previousStatus: previous,
      retryCount,
      runtimeSeconds,
      failure,
    }));
  return {
    document: () => ({ changes: fields() }),
    records: fields,
    names: () => changes.map(({ id }) => id),
    table: () => ({ columns: COLUMNS, rows: rows() }),
    csv: () => ({ columns: COLUMNS, rows: rows() }),
  };
}

/** A line for people and for logs: `06:24:13 stage count RUNNING`. A stage is called what the plan calls it. */
export function changeLine(change: SeenChange): string {
  const { time, kind, id, name, status, retryCount, runtimeSeconds, failure } = change;
  const runtime = runtimeSeconds === null ? '' : ` after ${durationText(runtimeSeconds * 1000)}`;
  const cause = failure === null ? '' : `: ${printable(failure)}`;
  const why = retryCount > 0 ? ` (retry ${retryCount}${cause})` : status === 'FAILED' ? cause : '';
  return `${clockTime(time)} ${kind.padEnd(5)} ${printable(name ?? id)} ${printable(status)}${runtime}${why}\n`;
}
