import { Readable, type Transform, pipeline } from 'node:stream';
import zlib from 'node:zlib';
import { errorMessage } from '../model/errors.ts';
import { damaged } from './errors.ts';
import type { Part } from './storage.ts';

const CHUNK = 64 * 1024;

type Decompress = (chunks: AsyncIterable<Uint8Array>, path: string) => AsyncIterable<Uint8Array>;

/**
 * What Hadoop's names of compressed files mean. Files inside of which things are compressed, such as `.snappy.parquet`, end
 * otherwise. What is not here (bzip2, LZ4, LZO) has no library that is well kept and reads streams: it passes for binary data.
 */
const BY_EXTENSION: ReadonlyMap<string, Decompress> = new Map<string, Decompress>([
  ['gz', through(() => zlib.createGunzip({ chunkSize: CHUNK }))],
  ['deflate', through(() => zlib.createInflate({ chunkSize: CHUNK }))],
  ['zst', unzstd],
  ['zstd', unzstd],
  ['snappy', unsnappy],
]);

/**
 * The content of a part: decompressed while it is read, where its name says that it is compressed. However much it comes to,
 * no more is held than a chunk, a block of Snappy (32 MiB at most) or a window of Zstandard (128 MiB at most).
 * @throws ResultUnreadableError the file is damaged or cut short, which shows when it is come to
 */
export function contentOf(part: Part): AsyncIterable<Uint8Array> {
  const extension = /\.(\w+)$/.exec(part.path)?.[1]?.toLowerCase() ?? '';
  const decompress = BY_EXTENSION.get(extension);
  return decompress === undefined ? part.read() : decompress(part.read(), part.path);
}

function through(create: () => Transform): Decompress {
  return async function* (chunks, path) {
    const stream = create();
    let given = 0;
    const counted = async function* () {
      for await (const chunk of chunks) {
        given += chunk.length;
        yield chunk;
      }
    };
    // What reading fails with arrives as it is thrown; everything else is what the decompressor says of its input.
    const source = Readable.from(counted(), { objectMode: true, highWaterMark: 1 });
    const closed = new Promise<void>((resolve) => source.once('close', resolve));
    pipeline(source, stream, () => undefined);
    try {
      for await (const chunk of stream) if (chunk instanceof Uint8Array) yield chunk;
      // An inflater is content with the first stream, whatever follows.
      if (stream instanceof zlib.Inflate && stream.bytesWritten < given) {
        throw damaged(path, 'more bytes follow its end');
      }
    } catch (error) {
      throw isOfZlib(error) ? damaged(path, errorMessage(error), error) : error;
    } finally {
      source.destroy();
      stream.destroy();
      await closed;
    }
  };
}

function isOfZlib(error: unknown): boolean {
  return error instanceof Error && 'errno' in error && 'code' in error && /^Z_/.test(String(error.code));
}

/** Not by Node's own decompressor (from 22.15 on), which takes a file that is cut short for one that has ended. */
async function* unzstd(chunks: AsyncIterable<Uint8Array>, path: string): AsyncGenerator<Uint8Array> {
  yield* (await import('./zstd.ts')).unzstd(chunks, path);
}

async function* unsnappy(chunks: AsyncIterable<Uint8Array>, path: string): AsyncGenerator<Uint8Array> {
  yield* (await import('./snappy.ts')).unsnappy(chunks, path);
}
