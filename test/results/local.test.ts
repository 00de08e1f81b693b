import { execFile, execFileSync } from 'node:child_process';
import { readdirSync, readlinkSync } from 'node:fs';
import { mkdir, mkdtemp, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
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

async function put(name: string, content = ''): Promise<string> {
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

  it('is a directory of part files, in order, without markers, checksums and directories', async () => {
    await put('out/part-00001', 'c\nd');
    await put('out/part-00000', 'a\nb');
    await put('out/part-00002', '');
    await put('out/part-00003', 'e\n');
    await put('out/_SUCCESS', 'never');
    await put('out/.part-00000.crc', 'never');
    await put('out/part-00009/x', 'never');
    await put('elsewhere', 'f\n');
    await symlink(join(directory, 'elsewhere'), join(directory, 'out/part-00010'));
    const source = await openResult(join(directory, 'out'));
    expect(await textOf(source.all())).toBe('a\nb\nc\nd\ne\nf\n');
    expect(await textOf(source.lines(3))).toBe('a\nb\nc\n');
  });

  it('may be empty', async () => {
    expect(await textOf((await openResult(await put('empty'))).lines(10))).toBe('');
    await put('out/_SUCCESS');
    expect(await textOf((await openResult(join(directory, 'out'))).all())).toBe('');
  });

  it.runIf(process.platform === 'linux')(
    'leaves no file open, whether it is read to its end, in part, or stopped',
    async () => {
      const path = await put('out.txt', 'line\n'.repeat(200_000));
      const stop = new AbortController();
      const source = await openResult(path, { signal: stop.signal });
      await textOf(source.lines(3));
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

it('a result of a gigabyte, in one line, needs no more memory than a small one', async () => {
  const huge = await put('out/part-0', 'begin');
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
