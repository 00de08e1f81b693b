import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { deflateSync, gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { describe, expect, it } from 'vitest';
import { openResult } from '../../src/results/open-result.ts';
import { sourceOf } from '../../src/results/source.ts';
import { temporaryFolder } from '../helpers/temporary-folder.ts';
import { failureOf, textOf } from './read.ts';

const TEXT = Array.from({ length: 20 }, (_, i) => `line ${i} of a result, 数据\n`).join('');
const base64 = (text: string) => Buffer.from(text, 'base64');

/** TEXT as others have compressed it: Hadoop's SnappyCodec, in a job of Spark, and the program zstd. */
const SNAPPY = base64(
  'AAACJgAAAH2mBGhsaW5lIDAgb2YgYSByZXN1bHQsIOaVsOaNrgoFGwAxZhsAADJmGwAAM2YbAAA0ZhsAADVmGwAANmYbAAA3ZhsAADhmGwAAOWYbAAAxbg8BahABADFqEQEAMWoSAQAxahMBADFqFAEAMWoVAQAxahYBADFqFwEAMVYYAQ==',
);
const ZSTD = base64(
  'KLUv/WQmARUDANQCbGluZSAwIG9mIGEgcmVzdWx0LCDmlbDmja4KMTIzNDU2Nzg5MTExMTExMTExFAAbq4jGhpexIcPYUC42PIsNWcWGQrHhTWwYEos5YDNgC7AP2AzYAuwDNgO2AHt3YY4B+1iQFw==',
);
/** Without a checksum, as Hadoop writes it. */
const ZSTD_BARE = base64(
  'KLUv/WAmARUDANQCbGluZSAwIG9mIGEgcmVzdWx0LCDmlbDmja4KMTIzNDU2Nzg5MTExMTExMTExFAAbq4jGhpexIcPYUC42PIsNWcWGQrHhTWwYEos5YDNgC7AP2AzYAuwDNgO2AHt3YY4B',
);
const BZIP2 = base64(
  'QlpoOTFBWSZTWbZFdi8AAIdZ+QAQQAR/4CMlngAAAgIAAAFAAAEAIACIEpIH6oGnlAAAqKoGgADTQ08BhwYgGHUpW3X4YzydJJJKAYgGOQY7cFkW2222222xHkjEjEjEj0RkR7IwEYkayMiMxH0j8RmRgR/F3JFOFCQtkV2LwA==',
);

const COMPRESSED: readonly (readonly [extension: string, bytes: Buffer])[] = [
  ['gz', gzipSync(TEXT)],
  ['deflate', deflateSync(TEXT)],
  ['zst', ZSTD],
  ['zst', ZSTD_BARE],
  ['snappy', SNAPPY],
];

/** A result of one file that comes in pieces of the size. */
function source(name: string, bytes: Buffer, size = 1000) {
  const read = async function* () {
    for (let at = 0; at < bytes.length; at += size)
      yield await Promise.resolve(bytes.subarray(at, at + size));
  };
  return sourceOf([{ path: `/out/${name}`, read }]);
}

const readAll = async (name: string, bytes: Buffer, size?: number): Promise<string> =>
  textOf((await source(name, bytes, size)).all());

describe('compressed part files', () => {
  it.each(COMPRESSED)('.%s are decompressed, wherever their bytes are cut', async (extension, bytes) => {
    for (const size of [1, 7, 64, 1000]) {
      expect(await readAll(`part-0.${extension}`, bytes, size)).toBe(TEXT);
    }
    expect(await textOf((await source(`P.${extension.toUpperCase()}`, bytes)).lines(2))).toBe(
      TEXT.split('\n').slice(0, 2).join('\n') + '\n',
    );
  });

  it.each(COMPRESSED.filter(([extension]) => extension !== 'deflate'))(
    '.%s may be several streams, one after the other',
    async (extension, bytes) => {
      expect(await readAll(`part-0.${extension}`, Buffer.concat([bytes, bytes]))).toBe(TEXT + TEXT);
    },
  );

  it.each(COMPRESSED)('.%s that end too early are an error, wherever that is', async (extension, bytes) => {
    for (let end = 0; end < bytes.length; end += 1) {
      const error = await failureOf(readAll(`part-0.${extension}`, bytes.subarray(0, end)));
      expect(error, `cut at ${end}`).toMatchObject({
        code: 'RESULT_UNREADABLE',
        message: expect.stringMatching(/^\/out\/part-0\.\w+ is damaged or cut short: /) as string,
      });
    }
  });

  it.each(COMPRESSED)('.%s that hold something else are an error', async (extension) => {
    for (const content of [TEXT, 'PAR1\0\0', '\xff\x06\0\0sNaPpY', '\0\0\0\x05\0\0\0\x03\x05\x10a']) {
      expect(await failureOf(readAll(`part-0.${extension}`, Buffer.from(content, 'latin1')))).toMatchObject({
        code: 'RESULT_UNREADABLE',
      });
    }
  });

  it.each(COMPRESSED)('.%s followed by something else are an error', async (extension, bytes) => {
    const longer = Buffer.concat([bytes, Buffer.from('something else')]);
    expect(await failureOf(readAll(`part-0.${extension}`, longer))).toMatchObject({
      code: 'RESULT_UNREADABLE',
    });
  });

  it('are an error where a bit has changed, as far as the format has a checksum', async () => {
    for (const bytes of [gzipSync(TEXT), deflateSync(TEXT)]) {
      const changed = Buffer.from(bytes);
      changed[40]! ^= 4;
      const name = bytes[0] === 0x1f ? 'part-0.gz' : 'part-0.deflate';
      expect(await failureOf(readAll(name, changed))).toMatchObject({ code: 'RESULT_UNREADABLE' });
    }
  });

  it('are read beside plain ones, line by line', async () => {
    const folder = temporaryFolder({
      'out/d=1/part-0.gz': gzipSync('a\nb'),
      'out/d=2/part-0': 'c\n',
      'out/d=10/part-0.snappy': SNAPPY,
    });
    const result = await openResult(join(folder, 'out'));
    expect(await textOf(result.all())).toBe(`a\nb\nc\n${TEXT}`);
    expect(await textOf(result.lines(3))).toBe('a\nb\nc\n');
  });

  it('that no library reads pass for binary data with a name', async () => {
    expect(await failureOf(readAll('part-0.bz2', BZIP2))).toMatchObject({
      message: '/out/part-0.bz2 is bzip2 data, not text',
      hint: '`--output-file FILE` copies it as it is',
    });
    const lz4 = Buffer.from([0, 0, 2, 38, 0, 0, 0, 125, 166]);
    expect(await failureOf(readAll('part-0.lz4', lz4))).toMatchObject({
      message: '/out/part-0.lz4 is LZ4 data, not text',
    });
  });

  it('of Zstandard that ask for a window of gigabytes are refused: it would be memory before it is content', async () => {
    const greedy = Buffer.concat([ZSTD.subarray(0, 4), Buffer.from([0, 21 << 3]), Buffer.alloc(40)]);
    expect(await failureOf(readAll('part-0.zst', greedy))).toMatchObject({
      message: expect.stringContaining('its window is larger than 128 MiB') as string,
    });
  });
});

describe('a few kilobytes that stand for gigabytes', () => {
  /** A frame of blocks, each of which is one byte that is repeated 131,072 times. */
  function zstdBomb(blocks: number): Buffer {
    const block = (isLast: boolean) => {
      const bytes = Buffer.alloc(4, 'x');
      bytes.writeUIntLE((131_072 << 3) | 2 | Number(isLast), 0, 3);
      return bytes;
    };
    const body = Array.from({ length: blocks }, (_, i) => block(i === blocks - 1));
    return Buffer.concat([Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0, 7 << 3]), ...body]);
  }

  it('need no more memory than a small result', { timeout: 120_000 }, async () => {
    const folder = temporaryFolder();
    const MIB = 1024 ** 2;
    const half = gzipSync(Buffer.alloc(64 * MIB, 'x'), { level: 9 });
    writeFileSync(join(folder, 'bomb.gz'), Buffer.concat(Array.from({ length: 8 }, () => half)));
    writeFileSync(join(folder, 'bomb.zst'), zstdBomb(4096));
    const bundle = join(folder, 'reader.cjs');
    await build({
      stdin: {
        contents: `
          import { openResult } from './src/results/open-result.ts';
          const run = async () => {
            let bytes = 0;
            for await (const chunk of (await openResult(process.argv[2])).all()) bytes += chunk.length;
            process.stdout.write(JSON.stringify({ bytes, peak: process.resourceUsage().maxRSS * 1024 }));
          };
          void run();`,
        resolveDir: resolve(import.meta.dirname, '../..'),
        loader: 'ts',
      },
      bundle: true,
      platform: 'node',
      outfile: bundle,
      logLevel: 'silent',
    });
    for (const name of ['bomb.gz', 'bomb.zst']) {
      const { stdout } = await promisify(execFile)(process.execPath, [bundle, join(folder, name)]);
      const seen = JSON.parse(stdout) as { bytes: number; peak: number };
      expect(seen.bytes).toBe(512 * MIB);
      expect(seen.peak, name).toBeLessThan(200 * MIB);
    }
  });

  it('are read no further than the lines that are wanted', async () => {
    const more = gzipSync(Buffer.alloc(16 * 1024 ** 2, 'x'));
    const bomb = Buffer.concat([gzipSync('first\n'), ...Array.from({ length: 64 }, () => more)]);
    let read = 0;
    const result = await sourceOf([
      {
        path: '/out/part-0.gz',
        async *read() {
          for (; read < bomb.length; read += 1024) {
            yield await Promise.resolve(bomb.subarray(read, read + 1024));
          }
        },
      },
    ]);
    expect(await textOf(result.lines(1))).toBe('first\n');
    expect(read).toBeLessThan(bomb.length / 2);
  });
});
