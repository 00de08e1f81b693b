import type { TextStyle } from './columns.ts';
import type { Table } from './table.ts';

/** What a command has to print, in every shape it may be asked for. Only the shape that is asked for is made. */
export interface Listing {
  /** The one document of json and yaml, without its schemaVersion. */
  document(): Readonly<Record<string, unknown>>;
  /** A line each of jsonl, without schemaVersion. */
  records(): readonly Readonly<Record<string, unknown>>[];
  /** What people read where it is not the table; lines with their line break. */
  text?(style: TextStyle): Iterable<string>;
  table(): Table;
  /** Machine-readable: ISO times, empty where there is none. */
  csv(): Table;
  /** Bare ids. */
  names(): readonly string[];
  /** Set where the rows are few and our own: then cli-table3 draws the table. */
  readonly small?: true;
}

/** Goes up when a field changes its meaning or goes away; new fields do not count. */
export const SCHEMA_VERSION = 1;
