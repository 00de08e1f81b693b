import { contentOf } from './decompress.ts';
import { BinaryResultError, ResultUnreadableError } from './errors.ts';
import { lookedAt } from './format.ts';
import type { Part } from './storage.ts';

/** A stage's result, which is read as it is asked for. Reading it again begins anew, with the same files. */
export interface ResultSource {
  /** False for a directory that holds no part files. */
  readonly hasParts: boolean;
  /**
   * The bytes of the first `count` lines, decompressed, in chunks of any size. Closes what it opened when the reader stops early.
   * @throws NotFoundError a part went away
   * @throws BinaryResultError it is no text; where that is so of the first part with any bytes, nothing was read before
   * @throws ResultUnreadableError
   */
  lines(count: number): AsyncIterable<Uint8Array>;
  /** Likewise, the bytes of every line. */
  all(): AsyncIterable<Uint8Array>;
  /**
   * The files as they are stored, one after the other.
   * @throws NotFoundError
   * @throws ResultUnreadableError also, before anything is read, for several files of a format that can't be strung together
   */
  stored(): AsyncIterable<Uint8Array>;
}

const NEWLINE = 0x0a;

/**
 * A result of these files, which are found out as they are needed.
 * @throws whatever finding the first one throws
 */
export async function sourceOf(found: AsyncIterable<Part> | Iterable<Part>): Promise<ResultSource> {
  const parts = new PartList(found);
  return {
    hasParts: (await parts.at(0)) !== null,
    lines: (count) => firstLines(joined(parts), count),
    all: () => joined(parts),
    stored: () => stored(parts),
  };
}

/** Parts as they are found. What was found, or why nothing could be, stays so for whoever reads again. */
class PartList {
  readonly #known: Promise<Part | null>[] = [];
  readonly #more: AsyncGenerator<Part>;

  constructor(found: AsyncIterable<Part> | Iterable<Part>) {
    this.#more = (async function* () {
      yield* found;
    })();
  }

  /** Null beyond the last one. */
  at(index: number): Promise<Part | null> {
    return (this.#known[index] ??= this.#more
      .next()
      .then((next) => (next.done === true ? null : next.value)));
  }

  async *each(): AsyncGenerator<Part & { readonly isOnly: () => Promise<boolean> }> {
    for (let index = 0; ; index += 1) {
      const part = await this.at(index);
      if (part === null) return;
      yield {
        path: part.path,
        read: () => part.read(),
        isOnly: async () => index === 0 && (await this.at(1)) === null,
      };
    }
  }
}

/** The parts as one text: where a part's last line has no end, the next part begins a new line all the same. */
async function* joined(parts: PartList): AsyncGenerator<Uint8Array> {
  let last: number | undefined;
  for await (const part of parts.each()) {
    const text = lookedAt(part.path, contentOf(part), async (format) => {
      if (format.isText) return;
      const canCopy = format.name === null || (await part.isOnly());
      throw new BinaryResultError(part.path, format.name, canCopy ? COPY_FILE : COPY_DIRECTORY);
    });
    let begun = false;
    for await (const chunk of text) {
      if (chunk.length === 0) continue;
      if (!begun && last !== undefined && last !== NEWLINE) yield Uint8Array.of(NEWLINE);
      begun = true;
      last = chunk.at(-1);
      yield chunk;
    }
  }
}

const COPY_FILE = '`--output-file FILE` copies it as it is';
const COPY_DIRECTORY =
  'the result has more than one file: copy its directory, with `cp -r` or `hdfs dfs -get`';

async function* stored(parts: PartList): AsyncGenerator<Uint8Array> {
  for await (const part of parts.each()) {
    yield* lookedAt(part.path, part.read(), async (format) => {
      if (format.isText || format.name === null || (await part.isOnly())) return;
      throw new ResultUnreadableError(
        `${part.path} is ${format.name} data, and several files of it can't be copied into one`,
        { hint: COPY_DIRECTORY },
      );
    });
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
