import { expect, it } from 'vitest';
import { findDagPath, shellLine, withExecutorArguments } from '../../src/model/stage-command.ts';

const ADDED = ['--stageId=s', '--masterPort=1'];
const sh = (line: string): string[] => ['/bin/sh', '-c', line];
/** A shell's words for a line that it is given, with what is added for an executor. */
const started = (line: string): string => withExecutorArguments(sh(line), ADDED)[2] ?? '';

it.each([
  ['in a command line', sh('java -jar x.jar --dagPath=/data/1.yml --other=1'), '/data/1.yml'],
  ['at the end of one', sh('x --dagPath=/data/1.yml'), '/data/1.yml'],
  ['before an operator of the shell', sh('x --dagPath=/data/1.yml; y'), '/data/1.yml'],
  ['with its value in single quotes', sh("x --dagPath='/data/a b.yml' z"), '/data/a b.yml'],
  ['with its value in double quotes', sh('x --dagPath="/data/a \\"b\\".yml" z'), '/data/a "b".yml'],
  ['quoted as a whole', sh(`x '--dagPath=/data/a b.yml'`), '/data/a b.yml'],
  ['with an escaped blank', sh('x --dagPath=/data/a\\ b.yml z'), '/data/a b.yml'],
  ['with a quoted part', sh('x --dagPath=/data/"a b".yml'), '/data/a b.yml'],
  ['in a quoted dollar', sh("x '--dagPath=/data/$a.yml'"), '/data/$a.yml'],
  ['in CJK', sh('x --dagPath=/数据/计划.yml'), '/数据/计划.yml'],
  ['as a word of its own', ['java', '-jar', 'x.jar', '--dagPath=/data/a b.yml'], '/data/a b.yml'],
  ['in a string of several words', ['java', '-jar', '--udf=x --dagPath=/data/1.yml'], '/data/1.yml'],
  ['the first of two', sh('x --dagPath=/1 --dagPath=/2'), '/1'],
  ['empty', sh('x --dagPath= y'), ''],
])('the path is found %s', (_, command, path) => {
  expect(findDagPath(command)).toEqual({ path, known: true });
  expect(withExecutorArguments(command, ADDED)).not.toEqual(command);
});

it.each([
  ['a variable', 'x --dagPath=$DIR/1.yml'],
  ['a variable in double quotes', 'x --dagPath="${DIR}/1.yml"'],
  ['the output of a command', 'x --dagPath=`pwd`/1.yml'],
  ['a pattern', 'x --dagPath=/data/*.yml'],
])('the path is not known before the stage runs when it has %s', (_, line) => {
  expect(findDagPath(sh(line))).toMatchObject({ known: false });
});

it.each([
  [[]],
  [['true']],
  [sh('wc -l --dag=/x')],
  [sh('my--dagPath=/x')],
  [sh("echo 'see --dagPath=/x'")],
  [sh(' --dagPath=/x')],
  [sh('x;--dagPath=/x')],
  [sh('x\n--dagPath=/x')],
])('there is none in %j, so it is no executor', (command) => {
  expect(findDagPath(command)).toBeNull();
  expect(withExecutorArguments(command, ADDED)).toEqual(command);
});

it('a quote that is never closed is text', () => {
  expect(findDagPath(sh(`don't x --dagPath=/1`))).toEqual({ path: '/1', known: true });
});

const LINE = 'run --dagPath=/1';
const WITH = `${LINE} ${ADDED.join(' ')}`;

it.each([
  [['sh', '-c']],
  [['ksh', '-c']],
  [['/usr/bin/zsh', '-c']],
  [['sh', '-e', '-c']],
  [['sh', '-c', '-e']],
  [['sh', '-ec']],
  [['dash', '+x', '-c']],
  [['bash', '-o', 'pipefail', '-c']],
  [['bash', '-euo', 'pipefail', '-c']],
  [['bash', '-ceo', 'pipefail']],
  [['bash', '--norc', '--rcfile', 'c', '-c', '--']],
])('%j is given a line, to which an executor’s arguments are added', (shell) => {
  expect(withExecutorArguments([...shell, LINE], ADDED)).toEqual([...shell, WITH]);
  expect(findDagPath([...shell, "run '--dagPath=/1 2'"])).toEqual({ path: '/1 2', known: true });
  expect(shellLine([...shell, LINE])).toBe(LINE);
  expect(shellLine([...shell, LINE, 'name'])).toBeNull();
});

it.each([
  [['java', '-jar', 'x.jar', '--dagPath=/1']],
  [['fish', '-c', '--dagPath=/1']],
  [['sh', 'run.sh', '-c', '--dagPath=/1']],
  [['sh', '-x', 'run.sh', '--dagPath=/1']],
  [['sh', '-o', 'c', 'run.sh', '--dagPath=/1']],
  [['sh', '--', '-c', '--dagPath=/1']],
  [['sh', '-c', 'exec run "$@"', 'name', '--dagPath=/1']],
])('%j has the flag as a word, and is given the others as words after it', (command) => {
  expect(withExecutorArguments(command, ADDED)).toEqual([...command, ...ADDED]);
});

it.each([
  ['run --dagPath=/1 last', 'run --dagPath=/1 + last'],
  ["run '--dagPath=/a b'; echo done", "run '--dagPath=/a b' +; echo done"],
  ['run --dagPath=/1 > log 2>&1 &', 'run --dagPath=/1 + > log 2>&1 &'],
  ['run --dagPath=/1|tee log\n', 'run --dagPath=/1 +|tee log\n'],
  ['run --dagPath="$(dirname "$0")"/1 last', 'run + --dagPath="$(dirname "$0")"/1 last'],
  ['run --dagPath=$(cat here; pwd)', 'run + --dagPath=$(cat here; pwd)'],
])('what is added to %j goes to the program that has the flag', (line, expected) => {
  expect(started(line)).toBe(expected.replace('+', ADDED.join(' ')));
});
