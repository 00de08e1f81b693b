import { chmodSync, mkdirSync, readFileSync, readdirSync, statSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { NotFoundError } from '../../../src/model/errors.ts';
import { sourceOf } from '../../../src/results/source.ts';
import { runCli } from '../../helpers/run-cli.ts';
import { TEXT, runResult } from '../../helpers/run-result.ts';
import { temporaryFolder } from '../../helpers/temporary-folder.ts';

describe('--output-file', () => {
  test('holds all of the result, and stdout nothing', async () => {
    const folder = temporaryFolder();
    const { exit, stdout, stderr } = await runResult(['--output-file', 'out.csv'], TEXT, folder);
    expect([exit, stdout]).toEqual([0, '']);
    expect(stderr).toBe(`written to ${folder}/out.csv\n`);
    expect(readFileSync(path.join(folder, 'out.csv'), 'utf8')).toBe(TEXT);
    expect(readdirSync(folder)).toEqual(['out.csv']);
  });

  test('is stdout as -, with all of the result', async () => {
    const { exit, stdout } = await runResult(['--output-file', '-']);
    expect([exit, stdout]).toEqual([0, TEXT]);
    expect((await runResult(['--output-file=-', '-n2'])).stdout).toBe('line 1\nline 2\n');
  });

  test('holds so many lines, where a number is given', async () => {
    const folder = temporaryFolder();
    await runResult(['2', '--output-file', 'out.csv'], TEXT, folder);
    expect(readFileSync(path.join(folder, 'out.csv'), 'utf8')).toBe('line 1\nline 2\n');
  });

  test('replaces what a link points to, and keeps its mode', async () => {
    const folder = temporaryFolder({ 'real.csv': 'old' });
    chmodSync(path.join(folder, 'real.csv'), 0o600);
    symlinkSync('real.csv', path.join(folder, 'link.csv'));
    await runResult(['--output-file', 'link.csv'], TEXT, folder);
    expect(readFileSync(path.join(folder, 'real.csv'), 'utf8')).toBe(TEXT);
    expect(statSync(path.join(folder, 'real.csv')).mode & 0o777).toBe(0o600);
  });

  test('is left as it was when reading fails half-way', async () => {
    const folder = temporaryFolder({ 'out.csv': 'old' });
    const broken = async function* () {
      yield await Promise.resolve(Buffer.from('half'));
      throw new NotFoundError('it is gone');
    };
    const { exit } = await runCli(['result', 's-1', '--output-file', 'out.csv'], {
      client: { resultPath: () => Promise.resolve('/data/out') },
      cwd: folder,
      openResult: (file) => sourceOf([{ path: file, read: broken }]),
    });
    expect(exit).toBe(4);
    expect(readdirSync(folder)).toEqual(['out.csv']);
    expect(readFileSync(path.join(folder, 'out.csv'), 'utf8')).toBe('old');
  });

  test('may not be a directory, nor be in one that is not there', async () => {
    const folder = temporaryFolder();
    mkdirSync(path.join(folder, 'dir'));
    const directory = await runResult(['--output-file', 'dir'], TEXT, folder);
    expect([directory.exit, directory.clients]).toEqual([2, []]);
    expect(directory.stderr).toContain(`--output-file: ${folder}/dir is a directory`);
    const missing = await runResult(['--output-file', 'gone/out'], TEXT, folder);
    expect([missing.exit, missing.clients]).toEqual([2, []]);
    expect(missing.stderr).toContain(`there is no directory ${folder}/gone`);
  });
});
