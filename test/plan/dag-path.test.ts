import { expect, it } from 'vitest';
import { isExecutorCommand } from '../../src/model/plan.ts';
import { findDagPath } from '../../src/plan/dag-path.ts';

const sh = (line: string): string[] => ['/bin/sh', '-c', line];

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
  expect(isExecutorCommand(command)).toBe(true);
});

it.each([
  ['a variable', 'x --dagPath=$DIR/1.yml'],
  ['a variable in double quotes', 'x --dagPath="${DIR}/1.yml"'],
  ['the output of a command', 'x --dagPath=`pwd`/1.yml'],
  ['a pattern', 'x --dagPath=/data/*.yml'],
])('the path is not known before the stage runs when it has %s', (_, line) => {
  expect(findDagPath(sh(line))).toMatchObject({ known: false });
});

it.each([[[]], [['true']], [sh('wc -l --dag=/x')], [sh('my--dagPath=/x')], [sh("echo 'see --dagPath=/x'")]])(
  'there is none in %j',
  (command) => {
    expect(findDagPath(command)).toBeNull();
  },
);

it('a quote that is never closed is text', () => {
  expect(findDagPath(sh(`don't x --dagPath=/1`))).toEqual({ path: '/1', known: true });
});
