import type { Listing } from '../output/listing.ts';
import { printable } from '../../model/printable.ts';
import { clockTime } from './clock-time.ts';
import type { Change } from './snapshot.ts';

const COLUMNS = ['time', 'kind', 'id', 'status', 'previous_status', 'retry_count', 'runtime_seconds'];

/** A change, and when this side saw it. */
export interface SeenChange extends Change {
  readonly time: Date;
}

/** Changes in each format, as far as they are known. */
export function changeListing(changes: readonly SeenChange[]): Listing {
  const rows = (): string[][] =>
    changes.map(({ time, kind, id, status, previous, retryCount, runtimeSeconds }) => [
      time.toISOString(),
      kind,
      id,
      status,
      previous ?? '',
      String(retryCount),
      runtimeSeconds === null ? '' : String(runtimeSeconds),
    ]);
  const fields = (): Record<string, unknown>[] =>
    changes.map(({ time, kind, id, status, previous, retryCount, runtimeSeconds, failure }) => ({
      time: time.toISOString(),
      kind,
      id,
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

/** A line for people and for logs: `06:24:13 stage wordcount-…-1 RUNNING`. */
export function changeLine(change: SeenChange): string {
  const { time, kind, id, status, retryCount, runtimeSeconds, failure } = change;
  const runtime = runtimeSeconds === null ? '' : ` after ${runtimeSeconds} s`;
  const cause = failure === null ? '' : `: ${printable(failure)}`;
  const retry = retryCount === 0 ? '' : ` (retry ${retryCount}${cause})`;
  return `${clockTime(time)} ${kind.padEnd(5)} ${printable(id)} ${printable(status)}${runtime}${retry}\n`;
}
