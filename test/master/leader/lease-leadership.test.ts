import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ConfigError } from '../../../src/model/errors.ts';
import { LEASE_MS, type Lease } from '../../../src/master/leader/lease.ts';
import { LeaseLeadership } from '../../../src/master/leader/lease-leadership.ts';
import type { Term } from '../../../src/master/leader/leader.ts';
import { monotonicMs } from '../../../src/rpc/monotonic.ts';

/** A lease that does what the test says. */
class ScriptedLease implements Lease {
  readonly where = 'the lease';
  readonly isKeptWhileAway: boolean;
  /** Who has it; null: whoever asks. An error: it can't be told. 'silent': no answer comes. */
  state: string | Error | null = null;
  claims = 0;
  isReleased = false;
  isClosed = false;

  constructor(isKeptWhileAway = false) {
    this.isKeptWhileAway = isKeptWhileAway;
  }

  claim(): Promise<string | null> {
    this.claims += 1;
    if (this.state === 'silent') return new Promise(() => undefined);
    return this.state instanceof Error ? Promise.reject(this.state) : Promise.resolve(this.state);
  }

  release(): Promise<void> {
    this.isReleased = true;
    return Promise.resolve();
  }

  close(): void {
    this.isClosed = true;
  }
}

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

/** A contender, and what it has told. */
function contender(lease: ScriptedLease): {
  readonly told: (string | null)[];
  readonly term: Promise<Term>;
  readonly stop: AbortController;
} {
  const told: (string | null)[] = [];
  const stop = new AbortController();
  const leadership = new LeaseLeadership(lease, {
    onStandby: (holder) => told.push(holder),
    onTrouble: (problem) => told.push(problem),
  });
  const term = leadership.acquire(stop.signal);
  term.catch(() => undefined);
  return { told, term, stop };
}

async function leading(lease: ScriptedLease): Promise<{ term: Term; lost: string[] }> {
  const term = await contender(lease).term;
  const lost: string[] = [];
  term.onLost((reason) => lost.push(reason.message));
  return { term, lost };
}

describe('a process that wants to lead', () => {
  it('waits while another one does, tells which, and leads within two seconds of its end', async () => {
    const lease = new ScriptedLease();
    lease.state = 'b';
    const { told, term } = contender(lease);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(told).toEqual(['b']);
    lease.state = null;
    const at = monotonicMs();
    await vi.advanceTimersByTimeAsync(2000);
    expect((await term).safeUntil()).toBeGreaterThan(at);
  });

  it('waits while that can not be told, and says so once', async () => {
    const lease = new ScriptedLease();
    lease.state = new Error('refused');
    const { told, term } = contender(lease);
    await vi.advanceTimersByTimeAsync(10_000);
    lease.state = 'silent';
    await vi.advanceTimersByTimeAsync(10_000);
    lease.state = null;
    await vi.advanceTimersByTimeAsync(5000);
    await term;
    expect(told).toEqual(["the lease can't be reached: refused", null]);
  });

  it('does not wait for what will never be had', async () => {
    const lease = new ScriptedLease();
    lease.state = new ConfigError('no such thing');
    await expect(contender(lease).term).rejects.toThrow('no such thing');
    expect(lease.isClosed).toBe(true);
  });

  it('waits no longer when it is stopped', async () => {
    const lease = new ScriptedLease();
    lease.state = 'b';
    const { term, stop } = contender(lease);
    await vi.advanceTimersByTimeAsync(1500);
    stop.abort(new Error('stopped'));
    await expect(term).rejects.toThrow('stopped');
    const { claims } = lease;
    await vi.advanceTimersByTimeAsync(10_000);
    expect([lease.claims, lease.isClosed]).toEqual([claims, true]);
  });
});

describe('a process that leads', () => {
  it('renews its lease, and is always sure of it for longer than until the next renewal', async () => {
    const lease = new ScriptedLease();
    const { term, lost } = await leading(lease);
    for (let second = 0; second < 60; second += 1) {
      await vi.advanceTimersByTimeAsync(1000);
      expect(term.safeUntil() - monotonicMs()).toBeGreaterThan(5000);
    }
    expect(lost).toEqual([]);
    expect(lease.claims).toBeLessThan(30);
  });

  it('knows that it leads no more before others may, when its lease can not be renewed', async () => {
    const lease = new ScriptedLease();
    const { term, lost } = await leading(lease);
    lease.state = 'silent';
    const at = monotonicMs();
    while (lost.length === 0) await vi.advanceTimersByTimeAsync(10);
    expect(monotonicMs() - at).toBeLessThan(LEASE_MS - 1000);
    expect(monotonicMs()).toBeGreaterThanOrEqual(term.safeUntil());
    expect(lost).toEqual(['this process leads no more: the lease: it could not be renewed for 8 s']);
  });

  it('bears with a lease that can not be reached for some seconds', async () => {
    const lease = new ScriptedLease();
    const { lost } = await leading(lease);
    await vi.advanceTimersByTimeAsync(1000);
    lease.state = new Error('refused');
    await vi.advanceTimersByTimeAsync(5000);
    lease.state = null;
    await vi.advanceTimersByTimeAsync(60_000);
    expect(lost).toEqual([]);
  });

  it('goes on without being sure, where nobody else can lead meanwhile, until it hears of another', async () => {
    const lease = new ScriptedLease(true);
    const { term, lost } = await leading(lease);
    lease.state = new Error('refused');
    await vi.advanceTimersByTimeAsync(60_000);
    expect(lost).toEqual([]);
    expect(term.safeUntil()).toBeLessThan(monotonicMs());
    lease.state = 'b';
    await vi.advanceTimersByTimeAsync(2000);
    expect(lost).toEqual(['this process leads no more: the lease: b leads']);
  });

  it('tells at once who asks too late that it leads no more', async () => {
    const lease = new ScriptedLease();
    const term = await contender(lease).term;
    lease.state = 'b';
    await vi.advanceTimersByTimeAsync(5000);
    const late = vi.fn();
    term.onLost(late);
    expect(late).toHaveBeenCalledOnce();
  });

  it('gives its lease back when it is done, and renews it no more', async () => {
    const lease = new ScriptedLease();
    const { term, lost } = await leading(lease);
    await term.release();
    const { claims } = lease;
    lease.state = 'b';
    await vi.advanceTimersByTimeAsync(60_000);
    await term.release();
    expect(lost).toEqual([]);
    expect([lease.claims, lease.isReleased, lease.isClosed]).toEqual([claims, true, true]);
  });
});
