import { snappyUncompressor } from 'hysnappy';
import { errorMessage } from '../model/errors.ts';
import { damaged } from './errors.ts';

/** The largest block that is believed: Hadoop writes 256 KiB where nothing else is configured. */
const BLOCK_MAX = 32 * 1024 * 1024;

/**
 * Snappy as Hadoop stores it: blocks, each of which is its uncompressed size, and then pieces until that is reached, each of
 * which is its compressed size and as many bytes of raw Snappy. Sizes are 32-bit numbers, big-endian.
 * @throws ResultUnreadableError
 */
export async function* unsnappy(chunks: AsyncIterable<Uint8Array>, path: string): AsyncGenerator<Uint8Array> {
  const uncompress = snappyUncompressor();
  const bytes = new Bytes(chunks);
  try {
    let isEmpty = true;
    for (;;) {
      const block = await bytes.take(4);
      if (block === null) break;
      isEmpty = false;
      let left = sizeIn(block, path);
      while (left > 0) {
        const size = await bytes.take(4);
        const piece = size === null ? null : await bytes.take(sizeIn(size, path));
        if (piece === null) throw damaged(path, 'it ends within a block of Snappy');
        const length = uncompressedLength(piece);
        if (length === null || length === 0 || length > left) throw notSnappy(path);
        try {
          yield uncompress(piece, length);
        } catch (error) {
          throw damaged(path, `not Snappy (${errorMessage(error)})`, error);
        }
        left -= length;
      }
    }
    if (bytes.hasRest || isEmpty)
      throw damaged(path, isEmpty ? 'it is empty' : 'it ends within a block of Snappy');
  } finally {
    await bytes.close();
  }
}

function sizeIn(bytes: Buffer, path: string): number {
  // Snappy's own framing, which Hadoop does not use, begins with the length 6 and its name.
  const size = bytes.readUInt32BE();
  if (size > BLOCK_MAX) throw notSnappy(path);
  return size;
}

function notSnappy(path: string) {
  return damaged(path, 'not Snappy as Hadoop stores it');
}

/** What raw Snappy says of its uncompressed length, in 7 bits of each byte; null where it says nothing sensible. */
function uncompressedLength(piece: Buffer): number | null {
  let length = 0;
  for (const [index, byte] of piece.subarray(0, 5).entries()) {
    length += (byte & 0x7f) * 2 ** (7 * index);
    if (byte < 0x80) return length;
  }
  return null;
}

/** Takes bytes from chunks, as many as are wanted. */
class Bytes {
  readonly #chunks: AsyncIterator<Uint8Array>;
  #held: Buffer = Buffer.alloc(0);

  constructor(chunks: AsyncIterable<Uint8Array>) {
    this.#chunks = chunks[Symbol.asyncIterator]();
  }

  /** Whether bytes were left that were fewer than wanted. */
  get hasRest(): boolean {
    return this.#held.length > 0;
  }

  /** Null where the chunks end before. */
  async take(count: number): Promise<Buffer | null> {
    if (this.#held.length < count) {
      const pieces = [this.#held];
      let size = this.#held.length;
      while (size < count) {
        const next = await this.#chunks.next();
        if (next.done === true) break;
        pieces.push(Buffer.from(next.value));
        size += next.value.length;
      }
      this.#held = Buffer.concat(pieces);
      if (size < count) return null;
    }
    const taken = this.#held.subarray(0, count);
    this.#held = this.#held.subarray(count);
    return taken;
  }

  async close(): Promise<void> {
    await this.#chunks.return?.();
  }
}
