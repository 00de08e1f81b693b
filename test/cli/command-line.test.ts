import { describe, expect, test } from 'vitest';
import { splitCommandLine } from '../../src/cli/command-line.ts';

describe('each one-dash form is a verb', () => {
  test.each([
    ['-submit', 'submit'],
    ['-list_task', 'list'],
    ['-task', 'task'],
    ['-task_stage', 'stages'],
    ['-stage', 'stage'],
    ['-stage_result', 'result'],
    ['-suspend_stage', 'suspend'],
    ['-continue_stage', 'continue'],
    ['-version', 'version'],
    ['-help', 'help'],
    ['-h', 'help'],
    ['--help', 'help'],
  ])('%s is %s', (form, verb) => {
    expect(splitCommandLine([form, 'x', '5'])).toEqual({
      verb,
      verbWord: form,
      words: ['x', '5'],
      before: 0,
    });
  });
});

test('a word that a global option takes is not the verb', () => {
  expect(splitCommandLine(['--master-host', 'list', 'task', 'x'])).toMatchObject({
    verb: 'task',
    words: ['--master-host', 'list', 'x'],
    before: 2,
  });
  expect(splitCommandLine(['--master-host=h', '--tls', 'task', 'x'])).toMatchObject({
    verb: 'task',
    before: 2,
  });
});

test('without a verb there is none', () => {
  expect(splitCommandLine([])).toMatchObject({ verb: null, words: [] });
  expect(splitCommandLine(['-o', 'json'])).toMatchObject({ verb: null, words: ['-o', 'json'] });
});

test('only the first form counts', () => {
  expect(splitCommandLine(['task', '-stage'])).toMatchObject({ verb: 'task', words: ['-stage'] });
});
