import { Decompress } from 'fzstd';
import { errorMessage } from '../model/errors.ts';
import { damaged } from './errors.ts';

/** Bytes that are decompressed at once: each four of them can stand for 128 KiB. */
const SLICE = 512;
/** What `zstd` itself accepts without being asked for more. */
const WINDOW_MAX = 128 * 1024 * 1024;
/** Bytes of a frame's header, RFC 8878, section 3.1.1.1. */
const HEADER_MAX = 18;

/**
 * Zstandard, of any number of frames. Checksums are not verified.
 * @throws ResultUnreadableError
 */
export async function* unzstd(chunks: AsyncIterable<Uint8Array>, path: string): AsyncGenerator<Uint8Array> {
  let ready: Uint8Array[] = [];
  const decoder = new Decompress((chunk) => {
    // The decoder goes on to use its own memory.
    if (chunk.length > 0) ready.push(chunk.slice());
  });
  const push = (bytes: Uint8Array, isLast: boolean): Uint8Array[] => {
    ready = [];
    try {
      decoder.push(bytes, isLast);
    } catch (error) {
      throw damaged(path, `not Zstandard (${errorMessage(error)})`, error);
    }
    return ready;
  };
  let head = Buffer.alloc(0);
  let isEmpty = true;
  for await (const chunk of chunks) {
    if (head.length < HEADER_MAX) {
      head = Buffer.concat([head, chunk.subarray(0, HEADER_MAX)]);
      if (windowOf(head) > WINDOW_MAX) throw damaged(path, 'its window is larger than 128 MiB');
    }
    for (let at = 0; at < chunk.length; at += SLICE) {
      isEmpty = false;
      yield* push(chunk.subarray(at, at + SLICE), false);
    }
  }
  if (isEmpty) throw damaged(path, 'it is empty');
  yield* push(new Uint8Array(), true);
}

/** How much memory the first frame asks for; 0 where too little of its header is known. */
function windowOf(head: Buffer): number {
  const descriptor = head[4] ?? 0;
  const isSingleSegment = (descriptor & 0x20) !== 0;
  if (!isSingleSegment) {
    const byte = head[5] ?? 0;
    return 2 ** (10 + (byte >> 3)) * (1 + (byte & 7) / 8);
  }
  const dictionaryBytes = [0, 1, 2, 4][descriptor & 3] ?? 0;
  const sizeBytes = [1, 2, 4, 8][descriptor >> 6] ?? 8;
  const at = 5 + dictionaryBytes;
  if (head.length < at + sizeBytes) return 0;
  return sizeBytes === 8 ? Number(head.readBigUInt64LE(at)) : head.readUIntLE(at, sizeBytes);
}
