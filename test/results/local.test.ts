import { execFile, execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readdirSync, readlinkSync } from 'node:fs';
import { mkdir, mkdtemp, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openResult } from '../../src/results/open-result.ts';
import { failureOf, textOf } from './read.ts';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'clic-result-'));
});
afterEach(async () => {
  await rm(directory, { recursive: true });
});

async function put(name: string, content: string | Buffer = ''): Promise<string> {
  const path = join(directory, name);
  await mkdir(join(path, '..'), { recursive: true });
  await writeFile(path, content);
  return path;
}

/** The files under the test's directory that this process has open. */
function openFiles(): string[] {
  const folder = `/proc/${process.pid}/fd`;
  return readdirSync(folder)
    .map((fd) => {
      try {
        return readlinkSync(join(folder, fd));
      } catch {
        // Closed since it was listed.
        return '';
      }
    })
    .filter((path) => path.startsWith(directory));
}

describe('a result on a mounted file system', () => {
  it('is a file', async () => {
    const path = await put('out.txt', '一\n二\n三');
    const source = await openResult(path);
    expect(await textOf(source.lines(2))).toBe('一\n二\n');
    expect(await textOf(source.all())).toBe('一\n二\n三');
    expect(await textOf((await openResult(`file://${path}`)).all())).toBe('一\n二\n三');
  });

  it('is a directory of part files, in order, without markers and checksums', async () => {
    await put('out/part-00001', 'c\nd');
    await put('out/part-00000', 'a\nb');
    await put('out/part-00002', '');
    await put('out/part-00003', 'e\n');
    await put('out/_SUCCESS', 'never');
    await put('out/.part-00000.crc', 'never');
    await put('out/_temporary/0/part-00009', 'never');
    await put('out/.hive-staging/part-00009', 'never');
    await put('elsewhere', 'f\n');
    await symlink(join(directory, 'elsewhere'), join(directory, 'out/part-00010'));
    const source = await openResult(join(directory, 'out'));
    expect(await textOf(source.all())).toBe('a\nb\nc\nd\ne\nf\n');
    expect(await textOf(source.lines(3))).toBe('a\nb\nc\n');
  });

  it('is a tree of partitions, in natural order at each level', async () => {
    await put('out/d=10/part-0', 'e\n');
    await put('out/d=2/h=1/part-0', 'b\n');
    await put('out/d=2/h=1/part-1', 'c\n');
    await put('out/d=2/h=11/part-0', 'd\n');
    await put('out/d=2/h=11/_SUCCESS', 'never');
    await put('out/d=2/.h=11.crc/part-0', 'never');
    await put('out/_c0=1/part-0', 'a\n');
    await put('out/_SUCCESS', 'never');
    await mkdir(join(directory, 'out/d=3'));
    const source = await openResult(join(directory, 'out'));
    expect(await textOf(source.all())).toBe('a\nb\nc\nd\ne\n');
    expect(await textOf(source.lines(4))).toBe('a\nb\nc\nd\n');
  });

  it('is read once where symbolic links lead round in circles', async () => {
    await put('out/d=1/part-0', 'a\n');
    await put('shared/part-0', 'b\n');
    await symlink('..', join(directory, 'out/d=1/up'));
    await symlink('.', join(directory, 'out/self'));
    await symlink('../shared', join(directory, 'out/d=2'));
    await symlink(join(directory, 'out'), join(directory, 'shared/back'));
    const source = await openResult(join(directory, 'out'));
    expect(await textOf(source.all())).toBe('a\nb\n');
  });

  it('may be empty, and tells whether it has files at all', async () => {
    const empty = await openResult(await put('empty'));
    expect([await textOf(empty.lines(10)), empty.hasParts]).toEqual(['', true]);
    await put('out/_SUCCESS');
    await put('out/d=1/.part-0.crc');
    const none = await openResult(join(directory, 'out'));
    expect([await textOf(none.all()), none.hasParts]).toEqual(['', false]);
  });

  it.runIf(process.platform === 'linux')(
    'leaves no file open, whether it is read to its end, in part, or stopped',
    async () => {
      const path = await put('out.txt', 'line\n'.repeat(200_000));
      const stop = new AbortController();
      const source = await openResult(path, { signal: stop.signal });
      await textOf(source.lines(3));
      const packed = await openResult(
        await put('out.gz', gzipSync(randomBytes(1024 ** 2).toString('base64'))),
      );
      for await (const chunk of packed.all()) {
        expect(chunk.length).toBeGreaterThan(0);
        expect(openFiles()).toHaveLength(1);
        break;
      }
      expect(openFiles()).toEqual([]);
      for await (const chunk of source.all()) {
        expect(chunk.length).toBeGreaterThan(0);
        expect(openFiles()).toHaveLength(1);
        break;
      }
      const reason = new Error('stopped');
      const reading = async (): Promise<void> => {
        for await (const chunk of source.all()) if (chunk.length > 0) stop.abort(reason);
      };
      expect(await failureOf(reading())).toBe(reason);
      expect(openFiles()).toEqual([]);
      expect(await failureOf(openResult(path, { signal: stop.signal }))).toBe(reason);
    },
  );
});

describe('a result that can not be read', () => {
  it('is not found where there is nothing', async () => {
    const path = join(directory, 'none');
    expect(await failureOf(openResult(path))).toMatchObject({
      code: 'NOT_FOUND',
      message: `the result file ${path} is not there`,
      hint: 'is the storage that the master writes to mounted here?',
    });
    expect(await failureOf(openResult(join(await put('file'), 'x')))).toMatchObject({ code: 'NOT_FOUND' });
  });

  it('is not found where a part goes away before it is read', async () => {
    await put('out/part-0', 'a\n');
    const second = await put('out/part-1', 'b\n');
    const source = await openResult(join(directory, 'out'));
    await rm(second);
    expect(await textOf(source.lines(1))).toBe('a\n');
    expect(await failureOf(textOf(source.all()))).toMatchObject({ code: 'NOT_FOUND' });
  });

  it('is refused when it is a pipe or a device, at once', async () => {
    const pipe = join(directory, 'pipe');
    execFileSync('/bin/sh', ['-c', 'mkfifo "$0"', pipe]);
    for (const path of [pipe, '/dev/zero']) {
      expect(await failureOf(openResult(path))).toMatchObject({ code: 'RESULT_UNREADABLE' });
    }
  });

  it('is refused when a pipe is among its parts', async () => {
    await put('out/part-0', 'a\n');
    execFileSync('mkfifo', [join(directory, 'out/part-1')]);
    const source = await openResult(join(directory, 'out'));
    expect(await failureOf(textOf(source.all()))).toMatchObject({ code: 'RESULT_UNREADABLE' });
    // A second reader is not told that this is all.
    expect(await failureOf(textOf(source.all()))).toMatchObject({ code: 'RESULT_UNREADABLE' });
  });

  it('is refused when a part has become a pipe', async () => {
    const path = await put('out.txt', 'x');
    const source = await openResult(path);
    execFileSync('/bin/sh', ['-c', 'rm "$0" && mkfifo "$0"', path]);
    expect(await failureOf(textOf(source.all()))).toMatchObject({ code: 'RESULT_UNREADABLE' });
  });

  it('is refused on a storage that clic does not know', async () => {
    expect(await failureOf(openResult('s3a://bucket/out'))).toMatchObject({
      code: 'RESULT_UNREADABLE',
      message: "the result s3a://bucket/out is on a storage that clic can't read",
    });
  });
});

describe('a tree of directories', () => {
  it('that is too deep is refused, after what was found before', async () => {
    const path = Array.from({ length: 40 }, (_, i) => `d=${i}`).join('/');
    await put(`out/${path}/part-0`, 'never');
    await put('out/a', 'a\n');
    const source = await openResult(join(directory, 'out'));
    expect(await textOf(source.lines(1))).toBe('a\n');
    expect(await failureOf(textOf(source.all()))).toMatchObject({
      code: 'RESULT_UNREADABLE',
      message: expect.stringMatching(
        /more than clic reads: .*d=31 is more than 32 directories deep$/,
      ) as string,
      hint: expect.stringContaining('read a directory of it') as string,
    });
  });
});

it('a result of a gigabyte, in one line, needs no more memory than a small one', async () => {
  const huge = await put('out/part-0', 'begin'.repeat(10_000));
  await truncate(huge, 1024 ** 3);
  await put('out/part-1', 'end\n');
  const bundle = join(directory, 'reader.cjs');
  await build({
    stdin: {
      contents: `
        import { openResult } from './src/results/open-result.ts';
        const run = async () => {
          let bytes = 0;
          let largest = 0;
          for await (const chunk of (await openResult(process.argv[2])).lines(1)) {
            bytes += chunk.length;
            largest = Math.max(largest, chunk.length);
          }
          process.stdout.write(JSON.stringify({ bytes, largest, peak: process.resourceUsage().maxRSS * 1024 }));
        };
        void run();
      `,
      resolveDir: resolve(import.meta.dirname, '../..'),
      loader: 'ts',
    },
    bundle: true,
    platform: 'node',
    outfile: bundle,
    logLevel: 'silent',
  });
  const { stdout } = await promisify(execFile)(process.execPath, [bundle, join(directory, 'out')]);
  const seen = JSON.parse(stdout) as { bytes: number; largest: number; peak: number };
  expect(seen.bytes).toBe(1024 ** 3 + 1);
  expect(seen.largest).toBeLessThanOrEqual(128 * 1024);
  expect(seen.peak).toBeLessThan(200 * 1024 ** 2);
});
