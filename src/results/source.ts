/** A stage's result, which is read as it is asked for. Reading it again begins anew. */
export interface ResultSource {
  /**
   * The bytes of the first `count` lines, in chunks of any size. Closes what it opened when the reader stops early.
   * @throws NotFoundError a part went away
   * @throws ResultUnreadableError
   */
  lines(count: number): AsyncIterable<Uint8Array>;
  /** Likewise, the bytes of every line. */
  all(): AsyncIterable<Uint8Array>;
}

/** Opens one file of a result, and reads it in chunks. */
export type Part = () => AsyncIterable<Uint8Array>;

const NEWLINE = 0x0a;

/** A result of these files, one after the other. */
export function sourceOf(parts: readonly Part[]): ResultSource {
  return { lines: (count) => firstLines(joined(parts), count), all: () => joined(parts) };
}

/** The parts as one text: where a part's last line has no end, the next part begins a new line all the same. */
async function* joined(parts: readonly Part[]): AsyncGenerator<Uint8Array> {
  let last: number | undefined;
  for (const part of parts) {
    let begun = false;
    for await (const chunk of part()) {
      if (chunk.length === 0) continue;
      if (!begun && last !== undefined && last !== NEWLINE) yield Uint8Array.of(NEWLINE);
      begun = true;
      last = chunk.at(-1);
      yield chunk;
    }
  }
}

/** Passes chunks on up to the end of the line with the number `count`. No line is held. */
async function* firstLines(chunks: AsyncIterable<Uint8Array>, count: number): AsyncGenerator<Uint8Array> {
  let left = count;
  if (left <= 0) return;
  for await (const chunk of chunks) {
    let end = 0;
    while (left > 0) {
      const newline = chunk.indexOf(NEWLINE, end);
      if (newline === -1) break;
      end = newline + 1;
      left -= 1;
    }
    if (left > 0) {
      yield chunk;
      continue;
    }
    yield chunk.subarray(0, end);
    return;
  }
}
