import { ConfigError, errorMessage } from '../../model/errors.ts';
import { monotonicMs } from '../../rpc/monotonic.ts';
import { type Leadership, LeadershipLostError, type Term } from './leader.ts';
import { CLAIM_WITHIN_MS, type Lease, RENEW_EVERY_MS, SAFE_MS, TRY_EVERY_MS } from './lease.ts';

/** What an operator is told of a lease. */
export interface LeaseWatcher {
  /** Another process leads: this one waits. Told when that changes. */
  readonly onStandby: (holder: string) => void;
  /** The lease can't be reached; null when it can again. */
  readonly onTrouble: (problem: string | null) => void;
}

/** Whoever holds a lease leads. */
export class LeaseLeadership implements Leadership {
  readonly #lease: Lease;
  readonly #watcher: LeaseWatcher;

  constructor(lease: Lease, watcher: LeaseWatcher) {
    this.#lease = lease;
    this.#watcher = watcher;
  }

  async acquire(signal: AbortSignal): Promise<Term> {
    const claims = new Claims(this.#lease, this.#watcher);
    let known: string | null = null;
    try {
      for (;;) {
        const at = monotonicMs();
        const holder = await claims.next(signal);
        signal.throwIfAborted();
        if (holder === null) return new LeaseTerm(this.#lease, claims, at);
        if (holder !== undefined && holder !== known) this.#watcher.onStandby(holder);
        known = holder ?? known;
        await pause(TRY_EVERY_MS, signal);
        signal.throwIfAborted();
      }
    } catch (error) {
      this.#lease.close();
      throw error;
    }
  }
}

/** The claims that are made one after the other, each with its deadline. */
class Claims {
  readonly #lease: Lease;
  readonly #watcher: LeaseWatcher;
  #hasAnswered = false;
  #isInTrouble = false;

  constructor(lease: Lease, watcher: LeaseWatcher) {
    this.#lease = lease;
    this.#watcher = watcher;
  }

  /** null when the lease is ours, else who has it; undefined when that can't be told. @throws ConfigError */
  async next(signal: AbortSignal): Promise<string | null | undefined> {
    try {
      const holder = await within(CLAIM_WITHIN_MS, signal, (claim) => this.#lease.claim(claim));
      if (this.#isInTrouble) this.#watcher.onTrouble(null);
      this.#isInTrouble = false;
      this.#hasAnswered = true;
      return holder;
    } catch (error) {
      // What was right once may be right again.
      if (error instanceof ConfigError && !this.#hasAnswered) throw error;
      if (!this.#isInTrouble && !signal.aborted) {
        this.#isInTrouble = true;
        this.#watcher.onTrouble(`${this.#lease.where} can't be reached: ${errorMessage(error)}`);
      }
      return undefined;
    }
  }
}

/** Renews the lease until it is released or lost. */
class LeaseTerm implements Term {
  readonly #lease: Lease;
  readonly #claims: Claims;
  readonly #end = new AbortController();
  readonly #renewing: Promise<void>;
  #safeUntil = 0;
  #giveUp: NodeJS.Timeout | undefined;
  #lost: LeadershipLostError | null = null;
  #listener: (reason: LeadershipLostError) => void = () => undefined;
  #releasing: Promise<void> | null = null;

  /** @param at when the claim began by which it was taken */
  constructor(lease: Lease, claims: Claims, at: number) {
    this.#lease = lease;
    this.#claims = claims;
    this.#moveOn(at);
    this.#renewing = this.#renew();
  }

  safeUntil(): number {
    return this.#safeUntil;
  }

  onLost(listener: (reason: LeadershipLostError) => void): void {
    this.#listener = listener;
    if (this.#lost !== null) listener(this.#lost);
  }

  release(): Promise<void> {
    this.#releasing ??= this.#release();
    return this.#releasing;
  }

  async #release(): Promise<void> {
    this.#stop();
    await this.#renewing;
    try {
      await within(CLAIM_WITHIN_MS, null, (signal) => this.#lease.release(signal));
    } catch {
      // The next one waits until it has run out, which is what it is for.
    } finally {
      this.#lease.close();
    }
  }

  async #renew(): Promise<void> {
    const { signal } = this.#end;
    for (let isRenewed = true; ;) {
      await pause(isRenewed ? RENEW_EVERY_MS : TRY_EVERY_MS, signal);
      if (signal.aborted) return;
      const at = monotonicMs();
      const holder = await this.#claims.next(signal);
      isRenewed = holder === null;
      if (holder === null) this.#moveOn(at);
      else if (holder !== undefined) this.#lose(`${holder} leads`);
    }
  }

  #moveOn(at: number): void {
    this.#safeUntil = at + SAFE_MS;
    clearTimeout(this.#giveUp);
    if (this.#lease.isKeptWhileAway || this.#end.signal.aborted) return;
    const late = (): void => this.#lose(`it could not be renewed for ${SAFE_MS / 1000} s`);
    this.#giveUp = setTimeout(late, Math.max(0, this.#safeUntil - monotonicMs()));
  }

  #lose(why: string): void {
    if (this.#end.signal.aborted) return;
    this.#stop();
    this.#lost = new LeadershipLostError(`this process leads no more: ${this.#lease.where}: ${why}`);
    this.#listener(this.#lost);
  }

  #stop(): void {
    clearTimeout(this.#giveUp);
    this.#end.abort();
  }
}

/** What is asked for, where it comes in time. @throws when it does not, or the signal is aborted */
async function within<T>(
  ms: number,
  outer: AbortSignal | null,
  ask: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const inner = new AbortController();
  const late = new Error(`no answer within ${ms / 1000} s`);
  const timer = setTimeout(() => inner.abort(late), ms);
  const abort = (): void => inner.abort(new Error('it was no longer wanted'));
  outer?.addEventListener('abort', abort);
  if (outer?.aborted === true) abort();
  const isOver = new Promise<never>((_, reject) => {
    const over = (): void => reject(inner.signal.reason as Error);
    if (inner.signal.aborted) over();
    else inner.signal.addEventListener('abort', over);
  });
  try {
    return await Promise.race([ask(inner.signal), isOver]);
  } finally {
    clearTimeout(timer);
    outer?.removeEventListener('abort', abort);
  }
}

/** Over when the signal is aborted, too. */
function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) {
      resolve();
      return;
    }
    const over = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', over);
      resolve();
    };
    const timer = setTimeout(over, ms);
    signal.addEventListener('abort', over);
  });
}
