import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { EXIT_CODES, exitCodeOf } from '../../src/cli/exit-codes.ts';
import {
  InterruptedError,
  NotFoundError,
  TaskFailedError,
  WaitTimeoutError,
} from '../../src/model/errors.ts';

const SRC = fileURLToPath(new URL('../../src/', import.meta.url));

test('every code of an error that users can meet has its exit status', () => {
  const files = readdirSync(SRC, { recursive: true, encoding: 'utf8' });
  const codes = files
    .filter((file) => /^(?!master\/).*\.ts$/.test(file))
    .flatMap((file) =>
      [...readFileSync(path.join(SRC, file), 'utf8').matchAll(/readonly code = '(\w+)'/g)].map(
        ([, code = '']) => code,
      ),
    );
  expect(codes.length).toBeGreaterThan(12);
  const listed = EXIT_CODES.flatMap((entry) => entry.codes);
  expect(codes.filter((code) => !listed.includes(code))).toEqual([]);
});

test('scripts can rely on what each status stands for', () => {
  expect(Object.fromEntries(EXIT_CODES.map(({ exit, codes }) => [exit, codes]))).toEqual({
    0: [],
    1: ['REFUSED', 'RESULT_UNREADABLE', 'OUTPUT', 'INTERNAL'],
    2: ['USAGE', 'CONFIG', 'PLAN_INVALID'],
    3: ['TASK_FAILED'],
    4: ['NOT_FOUND'],
    5: ['RESULT_NOT_READY'],
    6: ['UNREACHABLE', 'PROTOCOL'],
    7: ['OUTCOME_UNKNOWN'],
    124: ['WAIT_TIMEOUT'],
    130: ['INTERRUPTED'],
    143: ['INTERRUPTED'],
  });
  expect(EXIT_CODES.filter(({ meaning }) => meaning === '')).toEqual([]);
});

test('no code has two, but for the two signals', () => {
  const listed = EXIT_CODES.flatMap((entry) => entry.codes).filter((code) => code !== 'INTERRUPTED');
  expect(new Set(listed).size).toBe(listed.length);
});

test('an error is told by its class and code', () => {
  expect(exitCodeOf(new TaskFailedError('x'))).toBe(3);
  expect(exitCodeOf(new NotFoundError('x'))).toBe(4);
  expect(exitCodeOf(new WaitTimeoutError('x'))).toBe(124);
  expect(exitCodeOf(new InterruptedError('SIGINT', 'x'))).toBe(130);
  expect(exitCodeOf(new InterruptedError('SIGTERM', 'x'))).toBe(143);
});

test('anything else is a failure', () => {
  expect(
    [new Error('x'), 'x', null, undefined, Object.assign(new Error('x'), { code: 'NOT_FOUND' })].map(
      exitCodeOf,
    ),
  ).toEqual([1, 1, 1, 1, 1]);
});
