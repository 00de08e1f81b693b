import type { PlanRecord } from '../state/records.ts';
import type { PlanContent } from '../../plan/unchanged.ts';

/** How much a cache of plans keeps. */
export interface PlanCacheLimits {
  readonly plans: number;
  /** Of what the plans came to, together. */
  readonly characters: number;
}

const LIMITS: PlanCacheLimits = { plans: 64, characters: 16 * 1024 * 1024 };

/** A plan that can be run, and what it was made of. */
export interface KnownPlan {
  readonly plan: PlanRecord;
  readonly content: PlanContent;
}

interface Entry extends KnownPlan {
  readonly characters: number;
}

/** The latest plans that can be run, by whatever they were asked for with. Bounded: those that were asked for the longest time ago are forgotten. */
export class PlanCache {
  readonly #limits: PlanCacheLimits;
  /** The one that was asked for last is the last. */
  readonly #entries = new Map<string, Entry>();
  #characters = 0;

  constructor(limits = LIMITS) {
    this.#limits = limits;
  }

  get(key: string): KnownPlan | null {
    const entry = this.#entries.get(key);
    if (entry === undefined) return null;
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    return entry;
  }

  set(key: string, { plan, content }: KnownPlan): void {
    this.delete(key);
    const { plans, characters } = this.#limits;
    const entry = { plan, content, characters: charactersOf(plan, content) };
    // One that would push out most of the others is not worth it.
    if (entry.characters > characters / 4) return;
    this.#entries.set(key, entry);
    this.#characters += entry.characters;
    for (const oldest of this.#entries.keys()) {
      if (this.#entries.size <= plans && this.#characters <= characters) break;
      this.delete(oldest);
    }
  }

  delete(key: string): void {
    this.#characters -= this.#entries.get(key)?.characters ?? 0;
    this.#entries.delete(key);
  }
}

/** Roughly what it takes: a small text can come to a large plan. */
function charactersOf({ outline, specs }: PlanRecord, { dags }: PlanContent): number {
  let sum = 0;
  for (const { name } of outline.stages) sum += name.length;
  for (const [path, digest] of dags) sum += path.length + digest.length;
  for (const { command, env, outputs, pod } of specs) {
    if (pod !== null) sum += JSON.stringify(pod).length;
    for (const words of [command, outputs, Object.keys(env), Object.values(env)]) {
      for (const word of words) sum += word.length + 16;
    }
  }
  return sum;
}
