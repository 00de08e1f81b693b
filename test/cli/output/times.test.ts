import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { durationText, shortTimeText, spanText, timeField, timeText } from '../../../src/cli/output/times.ts';

test.each([
  [-5, '0s'],
  [0, '0s'],
  [400, '0.4s'],
  [2_000, '2s'],
  [42_900, '42s'],
  [192_000, '3m 12s'],
  [180_000, '3m'],
  [14_580_000, '4h 3m'],
  [1_047_600_000, '12d 3h'],
])('%i ms are %s', (ms, text) => {
  expect(durationText(ms)).toBe(text);
});

describe('in Shanghai', () => {
  beforeEach(() => void vi.stubEnv('TZ', 'Asia/Shanghai'));
  afterEach(() => void vi.unstubAllEnvs());

  const at = Date.UTC(2026, 10, 22, 22, 24, 7, 123);
  const known = { text: '2026-11-22T22:24:07', at };
  const text = { text: '2026-11-22T22:24:07', at: null };

  test('programs get the offset of this machine, with milliseconds, and else what the master sent', () => {
    expect(timeField(known)).toBe('2026-11-23T06:24:07.123+08:00');
    expect(Date.parse(timeField(known) ?? '')).toBe(at);
    expect(timeField(text)).toBe('2026-11-22T22:24:07');
    expect(timeField({ text: null, at: null })).toBeNull();
  });

  test("people get this machine's time, and else the master's", () => {
    expect(timeText(known)).toBe('2026-11-23 06:24:07');
    expect(timeText(text)).toBe('2026-11-22 22:24:07');
    expect(timeText({ text: null, at: null })).toBe('-');
  });

  test('where room is short a day is not repeated', () => {
    expect(shortTimeText(known, at + 3_600_000)).toBe('06:24:07');
    expect(shortTimeText(known, at + 86_400_000)).toBe('Nov 23 06:24');
    expect(shortTimeText(known, at + 86_400_000 * 365)).toBe('Nov 23 2026');
    expect(shortTimeText(text, at)).toBe('2026-11-22 22:24:07');
  });
});

test('a span is what is known of it: to the millisecond, in seconds, until now, or since when', () => {
  const span = { startTime: '2026-11-23T06:24:07', startAt: 1_000, completeAt: 3_300, runtimeSeconds: 2 };
  expect(spanText(span, false, 0)).toBe('2.3s');
  expect(spanText({ ...span, startAt: null }, false, 0)).toBe('2s');
  expect(spanText({ ...span, completeAt: null, runtimeSeconds: null }, true, 193_400)).toBe('3m 12s');
  expect(spanText({ ...span, startAt: null, completeAt: null, runtimeSeconds: null }, true, 0)).toBe(
    'since 06:24:07',
  );
  expect(spanText({ startTime: null, startAt: null, completeAt: null, runtimeSeconds: null }, false, 0)).toBe(
    '',
  );
});
