import { printable } from '../../model/printable.ts';
import { monotonicMs } from '../../rpc/monotonic.ts';
import type { Term } from '../leader/leader.ts';

/** So long a write may take before the state counts as one that can't be written, in milliseconds. */
const SLOW_WRITE_MS = 10_000;

/** Characters of the name that another process gives itself. */
const SHOWN = 200;

/** How far a master has come, and what keeps it from serving. */
export class Health {
  #phase: 'starting' | 'standby' | 'serving' | 'stopping' = 'starting';
  #leader = '';
  #term: Pick<Term, 'safeUntil'> | null = null;
  #storeProblem: string | null = null;
  /** When each write began that is under way. */
  readonly #writes = new Set<{ readonly at: number }>();

  /** Another process leads. @param leader which, for people */
  standsBy(leader: string): void {
    this.#phase = 'standby';
    this.#leader = printable(leader.slice(0, SHOWN));
  }

  /** This process leads, and takes the state over. */
  leads(term: Pick<Term, 'safeUntil'>): void {
    this.#phase = 'starting';
    this.#term = term;
  }

  serves(): void {
    this.#phase = 'serving';
  }

  stops(): void {
    this.#phase = 'stopping';
  }

  /** @param problem why nothing can be written, or null */
  storeWaits(problem: string | null): void {
    this.#storeProblem = problem;
  }

  /** Counts as under way until what it returns is called. */
  writes(): () => void {
    const write = { at: monotonicMs() };
    this.#writes.add(write);
    return () => this.#writes.delete(write);
  }

  get isLeader(): boolean {
    return this.#term !== null && this.#phase !== 'stopping';
  }

  get isStoreWaiting(): boolean {
    return this.#storeProblem !== null;
  }

  /** Why it does not serve; null where it does. */
  unreadiness(): string | null {
    if (this.#phase === 'standby') return `standby: ${this.#leader} leads`;
    if (this.#phase !== 'serving') return this.#phase;
    const now = monotonicMs();
    if (now > (this.#term?.safeUntil() ?? Infinity))
      return 'the lease could not be renewed: another process may lead';
    if (this.#storeProblem !== null) return this.#storeProblem;
    const [oldest] = this.#writes;
    const ms = oldest === undefined ? 0 : now - oldest.at;
    return ms < SLOW_WRITE_MS ? null : `a write of the state takes ${Math.round(ms / 1000)} s so far`;
  }
}
