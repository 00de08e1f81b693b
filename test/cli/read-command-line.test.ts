import { describe, expect, test } from 'vitest';
import { optionsOf } from '../../src/cli/command.ts';
import { readCommandLine } from '../../src/cli/command-line/read.ts';
import { COMMANDS } from '../../src/cli/commands/index.ts';

const read = (...argv: string[]) => {
  const { command, ...line } = readCommandLine(argv, COMMANDS);
  return { ...line, verb: command?.verb ?? null };
};

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
    expect(read(form, 'x', '5')).toMatchObject({ verb, words: ['x', '5'] });
  });
});

test('a word that a global option takes is not the verb', () => {
  expect(read('--master-host', 'list', 'task', 'x')).toMatchObject({ verb: 'task', words: ['x'] });
  expect(read('--master-host=h', '--tls', 'task', 'x')).toMatchObject({ verb: 'task', words: ['x'] });
});

test('without a verb there is none', () => {
  expect(read()).toMatchObject({ verb: null, words: [], problem: null });
  expect(read('-o', 'json')).toMatchObject({ verb: null, words: [], output: 'json', problem: null });
});

test('only the first form counts', () => {
  expect(read('task', '-stage').verb).toBe('task');
  expect(read('task', '--', '-stage')).toMatchObject({ verb: 'task', words: ['-stage'], problem: null });
});

test('an option has one meaning in all commands that have it, so it can be read before the verb', () => {
  const types = new Map<string, string>();
  for (const command of COMMANDS) {
    for (const [name, { type, alias }] of Object.entries(optionsOf(command))) {
      const meaning = `${type} ${alias ?? ''}`;
      expect(types.get(name) ?? meaning, name).toBe(meaning);
      types.set(name, meaning);
    }
  }
});

test('a line that is wrong says all the same how errors are wanted, up to the words of a jar', () => {
  expect(read('list', '--nope', '-o', 'json')).toMatchObject({ verb: 'list', output: 'json' });
  expect(read('nothing', '-ojson')).toMatchObject({ verb: null, output: 'json' });
  expect(read('submit', 'plan.jar', '-o', 'json')).toMatchObject({ verb: 'submit', output: null });
});

test('the words after a jar are its own, whatever they look like', () => {
  const { args, problem } = read('submit', '--no-tls', 'plan.jar', '--wait', '--', '-x');
  expect(problem).toBeNull();
  expect(args.rest).toEqual(['--wait', '--', '-x']);
  expect(args.flag('wait')).toBeUndefined();
});

test('--color takes the next word only where that is one of its values', () => {
  expect(read('--color', 'list')).toMatchObject({ verb: 'list', flags: new Map([['color', 'always']]) });
  expect(read('task', '--color', 'never', 'x')).toMatchObject({
    words: ['x'],
    flags: new Map([['color', 'never']]),
  });
});

test('an option that the line ends after is open, and only then', () => {
  expect(read('list', '--status').open).toBe('status');
  expect(read('list', '--color').open).toBe('color');
  expect(read('list', '--color', '--tls').open).toBeNull();
  expect(read('list', '--status', 'NEW').open).toBeNull();
});
