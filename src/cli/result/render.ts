import type { Format } from '../../config/options.ts';
import { csvLine } from '../output/csv.ts';
import { SCHEMA_VERSION } from '../output/listing.ts';
import { printable, safeJson } from '../../model/printable.ts';
import { BinaryResultError } from '../../results/errors.ts';
import type { ResultSource } from '../../results/source.ts';
import { lineSegments } from './line-segments.ts';
import { csvLines, jsonLines, writeLines } from './line-writer.ts';

export interface FoundResult {
  readonly stageId: string;
  readonly path: string;
  /** Finds it, when it is needed. @throws NotFoundError @throws ResultUnreadableError */
  readonly open: () => Promise<ResultSource>;
}

/** How much of a result is wanted, and where it goes. */
export interface Wanted {
  /** So many lines; null for all of them. */
  readonly lines: number | null;
  /** Whether the user gave that number: what has no lines is refused then, and passed on whole otherwise. */
  readonly isLinesGiven: boolean;
  readonly format: Format;
  readonly toTerminal: boolean;
  readonly note: (text: string) => Promise<void>;
}

/** A result in a format, piece by piece: however large it is, and however long a line, no more is held than comes in at once. */
export async function* renderResult(
  { stageId, path, open }: FoundResult,
  wanted: Wanted,
): AsyncGenerator<string | Uint8Array> {
  if (wanted.format === 'name') {
    yield `${printable(path)}\n`;
    return;
  }
  const source = await open();
  if (!source.hasParts) await wanted.note(`the result ${printable(path)} is a directory without part files`);
  const lines = wanted.lines === null ? source.all() : source.lines(wanted.lines);
  switch (wanted.format) {
    case 'table':
      yield* wanted.toTerminal ? terminalText(lines) : textOrStored(source, lines, wanted);
      return;
    case 'json': {
      const fields = safeJson({ schemaVersion: SCHEMA_VERSION, stageId, path }, 2).slice(0, -2);
      yield* listedLines(lines, {
        head: `${fields},\n  "lines": [`,
        first: '\n    ',
        next: ',\n    ',
        end: '\n  ]\n}\n',
        none: ']\n}\n',
      });
      return;
    }
    case 'yaml':
      yield* listedLines(lines, {
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
        lines,
        jsonLines(() => `${fields},"line":`, '}\n'),
      );
      return;
    }
    case 'csv': {
      let header = csvLine(['line']);
      for await (const rows of writeLines(lines, csvLines())) {
        yield header + rows;
        header = '';
      }
    }
  }
}

/** Lines whose control characters, tabs aside, are shown as escapes: no result drives a terminal. */
async function* terminalText(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  for await (const segments of lineSegments(chunks)) {
    yield segments.map((text) => text.split('\t').map(printable).join('\t')).join('\n');
  }
}

/** Text, or else the files of the result as they are stored. */
async function* textOrStored(
  source: ResultSource,
  text: AsyncIterable<Uint8Array>,
  { isLinesGiven, note }: Wanted,
): AsyncGenerator<Uint8Array> {
  let begun = false;
  try {
    for await (const chunk of text) {
      begun = true;
      yield chunk;
    }
    return;
  } catch (error) {
    if (!(error instanceof BinaryResultError) || begun || isLinesGiven) throw error;
    await note(`${printable(error.message)}: it is passed on as it is stored`);
  }
  yield* source.stored();
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
