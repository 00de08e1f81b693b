import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startMasterProcess, type MasterProcess } from '../helpers/master-process.ts';
import { MANUAL, ROOT, readMarkdown, type CodeBlock } from './markdown.ts';
import { NODE } from '../helpers/clic-process.ts';

// The code of the translations is the same: languages.test.ts sees to that.
const documents = MANUAL.map((file) => ({ file, ...stepsOf(readMarkdown(file).blocks) })).filter(
  ({ steps }) => steps.length > 0,
);

test('every mark is understood', () => {
  expect(documents.map(({ file }) => file)).toContain('README.md');
  const marks = MANUAL.flatMap((file) => readMarkdown(file).blocks.flatMap(({ mark }) => mark ?? []));
  expect(marks.filter((mark) => !/^(?:run|output|file [\w.-]+)$/.test(mark))).toEqual([]);
  const told = documents.flatMap(({ steps }) => steps).filter(({ output }) => output !== null);
  expect(marks.filter((mark) => mark === 'output')).toHaveLength(told.length);
});

// In their order, as a reader follows them: later ones look at what earlier ones have done.
describe.each(documents)('the example of $file', ({ file, files, steps }) => {
  let master: MasterProcess;
  let home: string;
  beforeAll(async () => {
    home = mkdtempSync(path.join(tmpdir(), 'clic-docs-'));
    cpSync(path.join(ROOT, 'examples'), path.join(home, 'examples'), { recursive: true });
    mkdirSync(path.join(home, 'bin'));
    symlinkSync(path.join(ROOT, 'bin/clic'), path.join(home, 'bin/clic'));
    for (const [name, text] of files) writeFileSync(path.join(home, name), text);
    master = await startMasterProcess({ stateDir: path.join(home, '.local/state/clic-master') });
  });
  afterAll(async () => {
    await master.close();
    rmSync(home, { recursive: true });
  });

  test.each(steps)(`${file}:$line works, and prints what is shown`, ({ text, output }) => {
    const { status, stdout, stderr } = spawnSync('/bin/sh', ['-e', '-c', text], {
      cwd: home,
      encoding: 'utf8',
      timeout: 20_000,
      env: {
        PATH: [path.join(home, 'bin'), path.dirname(NODE), process.env['PATH']].join(path.delimiter),
        HOME: home,
        TZ: 'UTC',
        CLIC_MASTER_HOST: '127.0.0.1',
        CLIC_MASTER_PORT: String(master.port),
      },
    });
    expect(status, stderr).toBe(0);
    if (output !== null) expect(steady(stdout.replaceAll(home, '/home/me'))).toBe(steady(output));
  });
});

interface Step extends CodeBlock {
  /** What it prints, where the document shows it. */
  readonly output: string | null;
}

/** What is written to files first, and what is run then. */
function stepsOf(blocks: readonly CodeBlock[]): { files: [name: string, text: string][]; steps: Step[] } {
  return {
    files: blocks.flatMap(({ mark, text }): [string, string][] => {
      const name = /^file ([\w.-]+)$/.exec(mark ?? '')?.[1];
      return name === undefined ? [] : [[name, text]];
    }),
    steps: blocks.flatMap((block, i) => {
      if (block.mark !== 'run') return [];
      const next = blocks[i + 1];
      return [{ ...block, output: next?.mark === 'output' ? next.text : null }];
    }),
  };
}

/** Without what differs from run to run: the letters of a task's name, times, runtimes and the width of columns. */
function steady(text: string): string {
  return text
    .replace(/\b(wordcount|failing|mended|sum)-[a-z]{8}\b/g, '$1-xxxxxxxx')
    .replace(/\d{4}-\d\d-\d\d([ T])\d\d:\d\d:\d\d/g, '2026-01-01$100:00:00')
    .replace(/(00:00:00)\.\d{3}/g, '$1.000')
    .replace(/"runtimeSeconds": \d+/g, '"runtimeSeconds": 0')
    .replace(/\b\d+(?:\.\d)?s\b/g, '0s')
    .replace(/ {2,}/g, '  ');
}
