import { createHash } from 'node:crypto';
import type { Plan } from '../model/plan.ts';
import { type CheckOptions, type LoadedPlan, checkPlan } from './check.ts';
import { type DagIo, readAtOnce } from './dag-files.ts';
import { Sharing } from './sharing.ts';

/** How much a cache of plans keeps. */
export interface PlanCacheLimits {
  readonly plans: number;
  /** Of the plans' texts and of what they came to, together. */
  readonly characters: number;
}

const LIMITS: PlanCacheLimits = { plans: 64, characters: 16 * 1024 * 1024 };

/** A plan that can be run, and what it was found good for. */
interface Entry {
  readonly loaded: LoadedPlan;
  /** The physical DAGs that it names, and the digests of their texts. */
  readonly dags: ReadonlyMap<string, string>;
  readonly characters: number;
}

/**
 * Remembers the plans that can be run by all that decides what a check finds, and so gives the same `Plan` for the same
 * content. Files are read each time, and only what they came to is kept: a plan or a DAG that was changed is checked
 * again. Bounded: the plans that were asked for the longest time ago are forgotten.
 */
export class PlanCache {
  readonly #limits: PlanCacheLimits;
  /** The one that was asked for last is the last. */
  readonly #entries = new Map<string, Entry>();
  #characters = 0;
  readonly #loads = new Sharing<LoadedPlan>();

  constructor(limits = LIMITS) {
    this.#limits = limits;
  }

  /** What `load` gives for a file and these options; those who ask at the same time share one load that begins after that. */
  share(file: string, options: CheckOptions, load: () => Promise<LoadedPlan>): Promise<LoadedPlan> {
    return this.#loads.get(context(file, options), load);
  }

  /** What `checkPlan` finds. */
  async check(text: string, file: string, io: DagIo, options: CheckOptions): Promise<LoadedPlan> {
    const key = digest(`${context(file, options)}\n${text}`);
    const known = this.#entries.get(key);
    const read = new Map<string, string>();
    if (known !== undefined && (await isUnchanged(known.dags, io, read))) {
      this.#keep(key, known);
      return known.loaded;
    }
    const dags = new Map<string, string>();
    const readDag = async (path: string): Promise<string> => {
      const dag = read.get(path) ?? (await io.readDag(path));
      dags.set(path, digest(dag));
      return dag;
    };
    const loaded = await checkPlan(text, file, { readDag }, options);
    this.#forget(key);
    if (loaded.plan !== null) {
      this.#keep(key, { loaded, dags, characters: text.length + charactersOf(loaded.plan) });
    }
    return loaded;
  }

  #keep(key: string, entry: Entry): void {
    const { plans, characters } = this.#limits;
    // One that would push out most of the others is not worth it.
    if (entry.characters > characters / 4) return;
    this.#forget(key);
    this.#entries.set(key, entry);
    this.#characters += entry.characters;
    for (const oldest of this.#entries.keys()) {
      if (this.#entries.size <= plans && this.#characters <= characters) break;
      this.#forget(oldest);
    }
  }

  #forget(key: string): void {
    this.#characters -= this.#entries.get(key)?.characters ?? 0;
    this.#entries.delete(key);
  }
}

/** Puts the texts that it reads into `read`. */
async function isUnchanged(
  dags: ReadonlyMap<string, string>,
  io: DagIo,
  read: Map<string, string>,
): Promise<boolean> {
  if (dags.size === 0) return true;
  const texts = await readAtOnce([...dags.keys()], (path) => io.readDag(path).catch(() => null));
  for (const [path, dag] of texts) if (dag !== null) read.set(path, dag);
  return [...dags].every(([path, known]) => {
    const dag = read.get(path);
    return dag !== undefined && digest(dag) === known;
  });
}

/** What decides beside the texts of files, in one line. */
function context(file: string, { planName, executor, passedEnv }: CheckOptions): string {
  return JSON.stringify([file, planName, executor, passedEnv]);
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('base64');
}

/** Roughly what a plan takes: a small text can come to a large one. */
function charactersOf({ stages }: Plan): number {
  let sum = 0;
  for (const { name, command, env, outputs } of stages) {
    sum += name.length;
    for (const words of [command, outputs, Object.keys(env), Object.values(env)]) {
      for (const word of words) sum += word.length + 16;
    }
  }
  return sum;
}
