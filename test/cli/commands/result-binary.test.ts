import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { openResult } from '../../../src/results/open-result.ts';
import { runCli } from '../../helpers/run-cli.ts';
import { temporaryFolder } from '../../helpers/temporary-folder.ts';

const TTY = { columns: 80, rows: 24 };
const PARQUET = Buffer.from('PAR1\x15\x04\x15\x10\0\0\nnot a line\n\x1b[2JPAR1', 'latin1');

/** Runs `clic result s-1 …` with these files as the result `out`, beside which `--output-file` writes. */
async function withFiles(
  files: Readonly<Record<string, string | Buffer>>,
  argv: readonly string[],
  setup: Partial<Parameters<typeof runCli>[1]> = {},
) {
  const folder = temporaryFolder(
    Object.fromEntries(Object.entries(files).map(([name, content]) => [join('out', name), content])),
  );
  const result = await runCli(['result', 's-1', ...argv], {
    client: { resultPath: () => Promise.resolve(join(folder, 'out')) },
    cwd: folder,
    openResult,
    ...setup,
  });
  return { ...result, folder, file: (name: string) => readFileSync(join(folder, name)) };
}

test('a Hive-partitioned, compressed result is printed as the one text it is', async () => {
  const files = {
    _SUCCESS: '',
    'd=10/part-00000.gz': gzipSync('e\nf'),
    'd=2/part-00001.gz': gzipSync('c\nd\n'),
    'd=2/part-00000.gz': gzipSync('a\nb'),
    'd=2/.part-00000.gz.crc': 'never',
  };
  const { exit, stdout, stderr, folder } = await withFiles(files, ['--all']);
  expect([exit, stdout]).toEqual([0, 'a\nb\nc\nd\ne\nf']);
  expect(stderr).toBe(`The result of s-1 has been saved in ：${folder}/out\n`);
  expect((await withFiles(files, ['3'])).stdout).toBe('a\nb\nc\n');
  expect((await withFiles(files, ['--output-file', 'all.txt'])).file('all.txt').toString()).toBe(
    'a\nb\nc\nd\ne\nf',
  );
  expect(JSON.parse((await withFiles(files, ['-n', '2', '-o', 'json'])).stdout)).toMatchObject({
    lines: ['a', 'b'],
  });
});

test('a directory without part files says so, and is no failure', async () => {
  const { exit, stdout, stderr, folder } = await withFiles({ _SUCCESS: '', 'd=1/_SUCCESS': '' }, []);
  expect([exit, stdout]).toEqual([0, '']);
  expect(stderr).toContain(`the result ${folder}/out is a directory without part files\n`);
  const json = await withFiles({ _SUCCESS: '' }, ['-o', 'json']);
  expect(JSON.parse(json.stdout)).toMatchObject({ lines: [] });
  expect(json.stderr).toContain('without part files');
  expect((await withFiles({ 'part-0': '' }, [])).stderr).not.toContain('without part files');
});

test('a damaged part is a failure, and leaves no file behind', async () => {
  const files = { 'part-0.gz': gzipSync('a\n'), 'part-1.gz': gzipSync('b\n').subarray(0, -4) };
  const { exit, stderr, folder, file } = await withFiles(files, ['--output-file', 'all.txt']);
  expect(exit).toBe(1);
  expect(stderr).toContain(`clic: ${folder}/out/part-1.gz is damaged or cut short: unexpected end of file`);
  expect(() => file('all.txt')).toThrow('ENOENT');
});

describe('a binary result', () => {
  test.each<[format: string, bytes: Buffer]>([
    ['Parquet', PARQUET],
    ['ORC', Buffer.from('ORC\x11\0\0\n\x12', 'latin1')],
    ['Avro', Buffer.from('Obj\x01\x04\x16avro.schema', 'latin1')],
    ['SequenceFile', Buffer.from('SEQ\x06\x19org.apache.hadoop.io.Text', 'latin1')],
    ['binary', Buffer.from('text\n\0text\n')],
    ['binary', Buffer.from('caf\xe9 au lait\n', 'latin1')],
  ])('%s is refused on a terminal, with what to do', async (format, bytes) => {
    const { exit, stdout, stderr, folder } = await withFiles({ 'part-0': bytes }, [], { tty: TTY });
    expect([exit, stdout]).toEqual([1, '']);
    expect(stderr).toContain(` ${folder}/out/part-0 is ${format} data, not text\n`);
    expect(stderr).toContain('`--output-file FILE` copies it as it is');
  });

  test('is copied unchanged by --output-file', async () => {
    const { exit, stdout, file } = await withFiles({ 'part-0.parquet': PARQUET }, ['--output-file', 'copy']);
    expect([exit, stdout]).toEqual([0, '']);
    expect(file('copy')).toEqual(PARQUET);
  });

  test('goes through a pipe unchanged and whole, and a note says so', async () => {
    const lines = Buffer.concat([PARQUET, Buffer.alloc(100, '\n')]);
    const { exit, stdout, stderr } = await withFiles({ 'part-0': lines }, []);
    expect([exit, stdout]).toEqual([0, lines.toString()]);
    expect(stderr).toContain('part-0 is Parquet data, not text: it is passed on as it is stored\n');
  });

  test('that was compressed as a whole is copied as it is stored', async () => {
    const bytes = gzipSync(Buffer.from('\0tar'));
    const { file } = await withFiles({ 'part-0.gz': bytes }, ['--output-file', 'copy.gz']);
    expect(file('copy.gz')).toEqual(bytes);
  });

  test('in several files is strung together where nothing says that it must not be', async () => {
    const { file } = await withFiles({ 'part-0': '\0a', 'part-1': '\0b' }, ['--output-file', 'copy']);
    expect(file('copy')).toEqual(Buffer.from('\0a\0b'));
  });

  test.each([[['--output-file', 'copy']], [[]]])(
    'in several files of Parquet is refused: %j',
    async (argv) => {
      const files = { 'part-0.parquet': PARQUET, 'part-1.parquet': PARQUET };
      const { exit, stdout, stderr } = await withFiles(files, argv);
      expect([exit, stdout]).toEqual([1, '']);
      expect(stderr).toContain(
        "part-0.parquet is Parquet data, and several files of it can't be copied into one",
      );
      expect(stderr).toContain('copy its directory, with `cp -r` or `hdfs dfs -get`');
    },
  );

  test.each(['json', 'jsonl', 'yaml', 'csv'])('has no lines to print as %s', async (format) => {
    const { exit, stdout, stderr } = await withFiles({ 'part-0': PARQUET }, ['-o', format]);
    expect([exit, stdout]).toEqual([1, '']);
    expect(stderr).toContain('is Parquet data, not text');
  });

  test('has no first lines', async () => {
    const { exit, stdout, stderr } = await withFiles({ 'part-0': PARQUET }, ['-n', '2']);
    expect([exit, stdout]).toEqual([1, '']);
    expect(stderr).toContain('is Parquet data, not text');
  });

  test('after a text is refused where it begins: half of it is no result', async () => {
    const { exit, stdout } = await withFiles({ 'part-0': 'a\n', 'part-1': PARQUET }, ['--all']);
    expect([exit, stdout]).toEqual([1, 'a\n']);
  });

  test.each(['SEQ,1\n', 'ORCHID\n', 'PAR1,2\n', 'PK\n', 'BZh\n', '\ufeffa\n', 'a\x1b[1mb\tc\r\n'])(
    'is not what a text is taken for: %j',
    async (content) => {
      expect(await withFiles({ 'part-0': content }, [])).toMatchObject({ exit: 0, stdout: content });
    },
  );
});

describe('control characters', () => {
  const content = 'a\x1b[2J\tb\x07\r\nc\u202ed\re\u0085\nlast';

  test('never reach a terminal, wherever they stand', async () => {
    const { stdout } = await withFiles({ 'part-0': content }, [], { tty: TTY });
    expect(stdout).toBe('a\\x1b[2J\tb\\x07\nc\\u202ed\\re\\x85\nlast');
    const late = 'x'.repeat(100_000) + '\0\x1b]0;title\x07\xff\n';
    expect((await withFiles({ 'part-0': Buffer.from(late, 'latin1') }, [], { tty: TTY })).stdout).toBe(
      `${'x'.repeat(100_000)}\\x00\\x1b]0;title\\x07\ufffd\n`,
    );
    expect(
      (await withFiles({ 'part-0': content }, ['--output-file', '-'], { tty: TTY })).stdout,
    ).not.toContain('\x1b');
  });

  test('go through a pipe and into a file as they are', async () => {
    expect((await withFiles({ 'part-0': content }, [])).stdout).toBe(content);
    const { file } = await withFiles({ 'part-0': content }, ['--output-file', 'copy'], { tty: TTY });
    expect(file('copy').toString()).toBe(content);
  });
});
