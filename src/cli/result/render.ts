import type { Format } from '../../config/options.ts';
import { csvLine } from '../output/csv.ts';
import { SCHEMA_VERSION } from '../output/listing.ts';
import { printable, safeJson } from '../../model/printable.ts';
import { csvLines, jsonLines, writeLines } from './line-writer.ts';

export interface FoundResult {
  readonly stageId: string;
  readonly path: string;
  /** The part that is wanted, as it is stored. @throws NotFoundError */
  readonly open: () => Promise<AsyncIterable<Uint8Array>>;
}

/** A result in a format, piece by piece: however large it is, and however long a line, no more is held than comes in at once. */
export async function* renderResult(
  { stageId, path, open }: FoundResult,
  format: Format,
): AsyncGenerator<string | Uint8Array> {
  switch (format) {
    case 'name':
      yield `${printable(path)}\n`;
      return;
    case 'table':
      yield* await open();
      return;
    case 'json': {
      const fields = safeJson({ schemaVersion: SCHEMA_VERSION, stageId, path }, 2).slice(0, -2);
      yield* listedLines(await open(), {
        head: `${fields},\n  "lines": [`,
        first: '\n    ',
        next: ',\n    ',
        end: '\n  ]\n}\n',
        none: ']\n}\n',
      });
      return;
    }
    case 'yaml':
      yield* listedLines(await open(), {
        head: `schemaVersion: ${SCHEMA_VERSION}\nstageId: ${safeJson(stageId)}\npath: ${safeJson(path)}\nlines:`,
        first: '\n  - ',
        next: '\n  - ',
        end: '\n',
        none: ' []\n',
      });
      return;
    case 'jsonl': {
      const fields = safeJson({ schemaVersion: SCHEMA_VERSION, stageId }).slice(0, -1);
      yield* writeLines(
        await open(),
        jsonLines(() => `${fields},"line":`, '}\n'),
      );
      return;
    }
    case 'csv': {
      let header = csvLine(['line']);
      for await (const rows of writeLines(await open(), csvLines())) {
        yield header + rows;
        header = '';
      }
    }
  }
}

interface ListMarks {
  readonly head: string;
  readonly first: string;
  readonly next: string;
  readonly end: string;
  /** Ends a list that is empty. */
  readonly none: string;
}

/** Nothing is yielded before the first line could be read: what isn't there leaves no half of a document behind. */
async function* listedLines(chunks: AsyncIterable<Uint8Array>, marks: ListMarks): AsyncGenerator<string> {
  let before = marks.head + marks.first;
  const lines = jsonLines(() => {
    const mark = before;
    before = marks.next;
    return mark;
  }, '');
  yield* writeLines(chunks, lines);
  yield before === marks.next ? marks.end : marks.head + marks.none;
}
