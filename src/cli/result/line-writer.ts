import { csvLine, csvText } from '../output/csv.ts';
import { safeJson } from '../../model/printable.ts';
import { lineSegments } from './line-segments.ts';

/** How the lines of a result are written, piece by piece. One line at a time is open. */
export interface LineWriter {
  /** Opens a line. */
  open(): string;
  /** More of the open line. */
  write(text: string): string;
  close(): string;
}

/** Writes lines as they come in. Yields the more, the more comes in at once, and holds no line. */
export async function* writeLines(
  chunks: AsyncIterable<Uint8Array>,
  writer: LineWriter,
): AsyncGenerator<string> {
  let isOpen = false;
  for await (const segments of lineSegments(chunks)) {
    let text = '';
    for (const [i, segment] of segments.entries()) {
      if (i > 0) {
        if (!isOpen) text += writer.open();
        text += writer.close();
        isOpen = false;
      }
      if (segment === '') continue;
      if (!isOpen) text += writer.open();
      isOpen = true;
      text += writer.write(segment);
    }
    if (text !== '') yield text;
  }
  if (isOpen) yield writer.close();
}

/** Each line as a string of JSON, between what stands before and after it. */
export function jsonLines(before: () => string, after: string): LineWriter {
  return {
    open: () => `${before()}"`,
    write: (text) => safeJson(text).slice(1, -1),
    close: () => `"${after}`,
  };
}

/** A CSV of one column is quoted where it must be, which only its end may tell: so many characters wait for that. */
const UNDECIDED_MAX = 64 * 1024;

/** Each line as a row of CSV. Those of more than 65,536 characters are quoted whatever they hold. */
export function csvLines(): LineWriter {
  let undecided = '';
  let isQuoted = false;
  return {
    open() {
      undecided = '';
      isQuoted = false;
      return '';
    },
    write(text) {
      if (isQuoted) return inQuotes(text);
      undecided += text;
      if (undecided.length <= UNDECIDED_MAX) return '';
      isQuoted = true;
      return `"${inQuotes(undecided)}`;
    },
    close: () => (isQuoted ? '"\n' : csvLine([undecided])),
  };
}

function inQuotes(text: string): string {
  return csvText(text).replaceAll('"', '""');
}
