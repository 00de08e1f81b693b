import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { findDagPath, withExecutorArguments } from '../../src/model/stage-command.ts';

const FLAG = '--dagPath=';
const ADDED = ['--stageId=s', '--masterHost=h', '--masterPort=1'];
const PROGRAM = `#!/bin/sh\nprintf '%s\\0' "$@" >> "$ARGV_FILE"\n`;

/** What `prog` really gets when the command is run. */
function argumentsOfProg(command: readonly string[]): string[] {
  const dir = mkdtempSync(path.join(tmpdir(), 'clic-shell-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  writeFileSync(path.join(dir, 'prog'), PROGRAM, { mode: 0o755 });
  const argvFile = path.join(dir, 'argv');
  const [program = '', ...rest] = command;
  execFileSync(program, rest, {
    cwd: dir,
    env: { PATH: `${dir}:/usr/local/bin:/usr/bin:/bin`, ARGV_FILE: argvFile, DIR: '/d' },
    stdio: 'ignore',
    timeout: 20_000,
  });
  return readFileSync(argvFile, 'utf8').split('\0').slice(0, -1);
}

/** The model's path is what the program really gets, and so is what an executor is given besides. */
function agrees(command: readonly string[]): void {
  const real = argumentsOfProg(command);
  const flag = real.find((word) => word.startsWith(FLAG));
  const model = findDagPath(command);
  if (flag === undefined) expect(model).toBeNull();
  else
    expect(model).toEqual(
      model?.known === false ? expect.anything() : { path: flag.slice(FLAG.length), known: true },
    );
  const started = argumentsOfProg(withExecutorArguments(command, ADDED));
  expect(started.toSorted()).toEqual([...real, ...(flag === undefined ? [] : ADDED)].toSorted());
}

describe.each(['sh', 'bash'])('%s has the words that are read from its line', (shell) => {
  it.each([
    "# don't worry\nprog --dagPath='/x'",
    "set -e # it's fine\nprog --dagPath=/x\necho 'done'",
    'set -e;# it"s fine\nprog --dagPath=/x "y"',
    '# was --dagPath=/old\nprog --dagPath=/x',
    'prog # --dagPath=/x',
    "prog --dagPath=/x # it's the last",
    'prog --dagPath=/x#1 a#b',
    'prog "#" --dagPath=/x',
    "prog ''# --dagPath=/x",
    'prog \\# --dagPath=/x',
    'prog a\\ # --dagPath=/x',
    'prog a\\ #b --dagPath=/x',
    'prog $# --dagPath=/x',
    '(# one\nprog --dagPath=/x)',
    '# ends with a backslash \\\nprog --dagPath=/x',
    'prog \\\n# --dagPath=/x',
    'prog a\\\n# --dagPath=/x',
    'prog \\\n--dagPath=/x',
    'prog \\\n  --dagPath=/x \\\n  last',
    'prog\\\n --dagPath=/x\\\n last',
    'prog --dag\\\nPath=/a\\\nb',
    'prog --dagPath="/a\\\nb"',
    "prog --dagPath='/a\\\nb'",
    'prog --dagPath=/a\\\\\necho b',
    'prog \\\n--dagPath=$DIR/x',
    'prog --dagPath=/x\\\n',
    'prog --dagPath=/x\\',
    'prog --dagPath="/a\\\\$DIR"',
    'prog --dagPath="/a\\$b"',
    "prog '' --dagPath=/x",
    "prog ''--dagPath=/x",
    'prog --dagPath=/数据\u3000一/x\u00a0y',
    'prog --dagPath=/x\r\n',
    'A=1 prog --dagPath=/x > log 2>&1 &\nwait',
    "cat <<EOF\ndon't --dagPath=/old\nEOF\nprog --dagPath=/x 'y'",
    "cat <<- 'E F' > log\n\tdon't\n\tE F\nprog --dagPath=/x 'y'",
    "cat <<-EOF\n\tit's\n\tEOF\nprog --dagPath=/x 'y'",
    "cat <<A <<B\nit's\nA\nit is\nB\nprog --dagPath=/x 'y'",
    "cat <<A\nit's\nA\ncat <<A\nit is\nA\nprog --dagPath=/x 'y'",
    "cat <<A <<-A\nit's\nA\n\tA\nprog --dagPath=/x 'y'",
    "echo $((1<<2))\nprog --dagPath=/x 'y'",
  ])('%j', (line) => {
    agrees([shell, '-c', line]);
  });
});

it.each([
  [['/usr/bin/env', 'bash', '-c', 'prog --dagPath=/x']],
  [['env', '-i', 'PATH=.', 'ARGV_FILE=argv', 'A=b c', '/bin/sh', '-c', 'prog --dagPath=/x; :']],
  [['env', '-u', 'DIR', 'A=1', 'sh', '-ec', "prog '--dagPath=/x y'; :"]],
  [['env', '-uDIR', '--', 'sh', '-c', 'prog --dagPath=/x; :']],
  [['env', '--', 'A=1', 'B=2', 'bash', '-c', 'prog --dagPath=/x; :']],
  [['env', 'A=1', 'prog', '--dagPath=/x y']],
  [['env', 'sh', '-c', 'prog "$@"', 'name', '--dagPath=/x']],
])('%j is read as it is run', (command) => {
  agrees(command);
});

// Reading these took time that grew with the square of their size: half a minute for each.
it.each([
  ['here-documents in one line', `${'cat <<A '.repeat(50_000)}\n${'x\n'.repeat(100_000)}`],
  ['here-documents that never end', 'cat <<A\n'.repeat(50_000)],
  ['operators that look like here-documents', '<<A\n'.repeat(100_000)],
  ['here-documents that end', 'cat <<A\nA\n'.repeat(40_000)],
  ['quotes that are never closed', `"\\' `.repeat(100_000)],
])('a line of 400 kB of %s is read in a moment', (_, line) => {
  const start = performance.now();
  expect(findDagPath(['sh', '-c', `${line}\nprog --dagPath=/x`])).toEqual({ path: '/x', known: true });
  expect(performance.now() - start).toBeLessThan(5000);
});
