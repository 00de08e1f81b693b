import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Health } from '../../../src/master/http/health.ts';
import { monotonicMs } from '../../../src/rpc/monotonic.ts';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

/** One that leads and serves. */
function serving(safeUntil = Infinity): Health {
  const health = new Health();
  health.leads({ safeUntil: () => safeUntil });
  health.serves();
  return health;
}

describe('a master is ready', () => {
  it('from when it serves until it stops', () => {
    const health = new Health();
    expect(health.unreadiness()).toBe('starting');
    health.standsBy('master-b');
    expect(health.unreadiness()).toBe('standby: master-b leads');
    expect(health.isLeader).toBe(false);
    health.leads({ safeUntil: () => Infinity });
    expect(health.unreadiness()).toBe('starting');
    expect(health.isLeader).toBe(true);
    health.serves();
    expect(health.unreadiness()).toBeNull();
    health.stops();
    expect(health.unreadiness()).toBe('stopping');
    expect(health.isLeader).toBe(false);
  });

  it('while it is certain that it leads', () => {
    const health = serving(monotonicMs() + 1000);
    expect(health.unreadiness()).toBeNull();
    vi.advanceTimersByTime(1001);
    expect(health.unreadiness()).toContain('could not be renewed');
  });

  it('while the state can be written', () => {
    const health = serving();
    health.storeWaits('the disk is full');
    expect(health.unreadiness()).toBe('the disk is full');
    health.storeWaits(null);
    expect(health.unreadiness()).toBeNull();
  });

  it('unless a write hangs', () => {
    const health = serving();
    const written = health.writes();
    vi.advanceTimersByTime(9000);
    expect(health.unreadiness()).toBeNull();
    health.writes()();
    vi.advanceTimersByTime(3000);
    expect(health.unreadiness()).toBe('a write of the state takes 12 s so far');
    written();
    expect(health.unreadiness()).toBeNull();
  });
});

it('what another process calls itself is shown without what terminals obey, and cut', () => {
  const health = new Health();
  health.standsBy(`\u001B[2J${'x'.repeat(10_000)}`);
  expect(health.unreadiness()).not.toContain('\u001B');
  expect(health.unreadiness()?.length).toBeLessThan(300);
});
