import type { Format } from '../../config/options.ts';
import type { Sink } from '../io.ts';
import type { TextStyle } from './columns.ts';
import { renderCsv } from './csv.ts';
import { SCHEMA_VERSION, type Listing } from './listing.ts';
import { printable, safeJson } from '../../model/printable.ts';
import { drawSmallTable } from './small-table.ts';
import { renderTable } from './table.ts';

/** True for the formats with which errors are JSON, too. */
export function isJson(format: Format): boolean {
  return format === 'json' || format === 'jsonl';
}

/** As much as a pipe takes at once. */
const CHUNK_CHARACTERS = 64 * 1024;

export interface PrintOptions {
  /** False for a csv that goes on. */
  readonly header?: boolean;
  /** Given where people are to read the text of the listing instead of its table. */
  readonly text?: TextStyle | null;
}

/**
 * Prints data in a format. An empty table, csv, jsonl or name prints nothing at all.
 * @throws ClosedPipeError, OutputError
 */
export async function print(
  listing: Listing,
  format: Format,
  sink: Sink,
  { header = true, text = null }: PrintOptions = {},
): Promise<void> {
  await writeChunks(await render(listing, format, header, text), sink);
}

async function render(
  listing: Listing,
  format: Format,
  header: boolean,
  text: TextStyle | null,
): Promise<Iterable<string>> {
  switch (format) {
    case 'table': {
      if (text !== null && listing.text !== undefined) return listing.text(text);
      const table = listing.table();
      if (table.rows.length === 0) return [];
      return listing.small === true ? [await drawSmallTable(table)] : renderTable(table);
    }
    case 'json':
      return [`${safeJson({ schemaVersion: SCHEMA_VERSION, ...listing.document() }, 2)}\n`];
    case 'jsonl':
      return listing.records().map((record) => `${safeJson({ schemaVersion: SCHEMA_VERSION, ...record })}\n`);
    case 'yaml': {
      const { renderYaml } = await import('./yaml.ts');
      return [renderYaml({ schemaVersion: SCHEMA_VERSION, ...listing.document() })];
    }
    case 'csv': {
      const table = listing.csv();
      return table.rows.length === 0 ? [] : renderCsv(table, header);
    }
    case 'name':
      return listing.names().map((name) => `${printable(name)}\n`);
  }
}

/** Gathers the pieces into chunks and waits for each to be taken, so that all of it arrives and a closed pipe stops it. */
async function writeChunks(pieces: Iterable<string>, sink: Sink): Promise<void> {
  let chunk = '';
  for (const piece of pieces) {
    chunk += piece;
    if (chunk.length < CHUNK_CHARACTERS) continue;
    await sink.write(chunk);
    chunk = '';
  }
  if (chunk !== '') await sink.write(chunk);
}
