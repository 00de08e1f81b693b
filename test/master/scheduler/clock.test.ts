import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { systemClock } from '../../../src/master/scheduler/clock.ts';

beforeEach(() => void vi.useFakeTimers({ now: 5000 }));
afterEach(() => void vi.useRealTimers());

it('calls back once, in time', () => {
  const callback = vi.fn();
  systemClock.setTimeout(callback, 100);
  vi.advanceTimersByTime(99);
  expect(callback).not.toHaveBeenCalled();
  vi.advanceTimersByTime(1000);
  expect(callback).toHaveBeenCalledOnce();
  expect(systemClock.now()).toBe(6099);
});

it('does not call back what is cancelled', () => {
  const callback = vi.fn();
  systemClock.setTimeout(callback, 100)();
  vi.advanceTimersByTime(1000);
  expect(callback).not.toHaveBeenCalled();
});

it('takes a wait that is longer than timers can be for a long one, not for none', () => {
  const callback = vi.fn();
  systemClock.setTimeout(callback, 2 ** 40);
  vi.advanceTimersByTime(86_400_000);
  expect(callback).not.toHaveBeenCalled();
});
