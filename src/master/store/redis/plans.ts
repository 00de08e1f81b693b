import { StoreCorruptError } from '../../state/corrupt.ts';
import type { PlanOutline, PlanRecord } from '../../state/records.ts';
import { childrenOf, type WholePlan } from './java-write.ts';
import type { RedisReader } from './reader.ts';

/** What is kept of plans for the next change of one of their tasks, in characters of their JSON. */
const KEPT_LENGTH = 32 * 1024 * 1024;

/** Plans with all that their stages run, which every change of a stage writes: read once, and kept for a while. */
export class Plans {
  readonly #reader: RedisReader;
  /** The one that was used last is the last. */
  readonly #kept = new Map<string, { readonly plan: WholePlan; readonly length: number }>();
  #length = 0;

  constructor(reader: RedisReader) {
    this.#reader = reader;
  }

  /** @param length of its JSON */
  add({ id, outline, specs }: PlanRecord, length: number): WholePlan {
    const plan = { outline, specs, children: childrenOf(outline) };
    this.remove(id);
    this.#kept.set(id, { plan, length });
    this.#length += length;
    for (const oldest of this.#kept.keys()) {
      if (this.#length <= KEPT_LENGTH || oldest === id) break;
      this.remove(oldest);
    }
    return plan;
  }

  remove(id: string): void {
    this.#length -= this.#kept.get(id)?.length ?? 0;
    this.#kept.delete(id);
  }

  /** null when there is none. @param reader who reads it where it is not known. @throws StoreCorruptError */
  async outline(id: string, reader: RedisReader): Promise<PlanOutline | null> {
    return this.#use(id)?.outline ?? (await reader.outlines([id])).get(id) ?? null;
  }

  /** @throws StoreCorruptError, also when there is none */
  async whole(id: string): Promise<WholePlan> {
    const known = this.#use(id);
    if (known !== undefined) return known;
    const outline = await this.outline(id, this.#reader);
    if (outline === null) throw new StoreCorruptError(`the plan ${id} is not there, yet a task is of it`);
    const specs = await this.#reader.specs(id, outline.stages.length);
    return this.add({ id, outline, specs }, JSON.stringify({ outline, specs }).length);
  }

  #use(id: string): WholePlan | undefined {
    const found = this.#kept.get(id);
    if (found === undefined) return undefined;
    this.#kept.delete(id);
    this.#kept.set(id, found);
    return found.plan;
  }
}
