import { afterEach, beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import { LimitLog } from '../../src/master/limit-log.ts';

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

function logged() {
  const lines: string[] = [];
  const limits = new LimitLog({ warn: (message) => lines.push(message) });
  onTestFinished(() => limits.close());
  return { lines, limits };
}

test('of each limit, one line comes at once, and then one each second with how many more there were', () => {
  const { lines, limits } = logged();
  const first = new Error('one');
  for (let hit = 0; hit < 121; hit += 1) limits.hit('--max-connections is reached', first);
  limits.hit('--max-buffered-bytes is used up', first);
  expect(lines).toEqual(['--max-connections is reached', '--max-buffered-bytes is used up']);
  vi.advanceTimersByTime(999);
  expect(lines).toHaveLength(2);
  vi.advanceTimersByTime(1);
  expect(lines.slice(2)).toEqual(['--max-connections is reached, and 120 more']);
  limits.hit('--max-connections is reached', first);
  vi.advanceTimersByTime(1000);
  expect(lines.slice(3)).toEqual(['--max-connections is reached, and 1 more']);
});

test('after a second without any, the next one comes at once again', () => {
  const { lines, limits } = logged();
  limits.hit('--max-depth', null);
  vi.advanceTimersByTime(1000);
  limits.hit('--max-depth', null);
  expect(lines).toEqual(['--max-depth', '--max-depth']);
});

test('what was not said yet is said at the end', () => {
  const { lines, limits } = logged();
  limits.hit('--max-depth', null);
  limits.hit('--max-depth', null);
  limits.close();
  vi.advanceTimersByTime(5000);
  expect(lines).toEqual(['--max-depth', '--max-depth, and 1 more']);
});
