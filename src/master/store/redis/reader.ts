import { ErrorReply } from '@redis/client';
import { errorMessage } from '../../../model/errors.ts';
import { StoreCorruptError } from '../../state/corrupt.ts';
import type { PlanOutline, StageSpec } from '../../state/records.ts';
import { decodePlan, decodeSpec } from '../decode.ts';
import type { Connection } from './connect.ts';
import { type JavaStage, readStage } from './java-read.ts';
import type { RedisKeys } from './keys.ts';

/** Keys that one command asks for, and about as many as a page of a list has. */
const AT_ONCE = 1000;

/** Does something with a connection, once there is one or not at all. */
type Use = <T>(work: (connection: Connection) => Promise<T>) => Promise<T>;

/** Reads records from Redis, many at a time. */
export class RedisReader {
  readonly #keys: RedisKeys;
  readonly #where: () => string;
  readonly #use: Use;

  /** @param where the state is, for people. @param use gives a connection to who asks */
  constructor(keys: RedisKeys, where: () => string, use: Use) {
    this.#keys = keys;
    this.#where = where;
    this.#use = use;
  }

  /** The index of tasks in pages: what it says of each, by its name. Some may come twice. */
  async *index(): AsyncGenerator<ReadonlyMap<string, string>> {
    for await (const page of this.#scan('HSCAN', this.#keys.tasks)) {
      const entries = new Map<string, string>();
      for (let at = 0; at + 1 < page.length; at += 2) entries.set(page[at] ?? '', page[at + 1] ?? '');
      yield entries;
    }
  }

  /** The names of all tasks that are there, in pages, whoever has written them. Some may come twice. */
  async *taskNames(): AsyncGenerator<readonly string[]> {
    const { length } = this.#keys.task('');
    for await (const keys of this.#scan('SCAN', null, 'MATCH', this.#keys.taskPattern))
      yield keys.map((key) => key.slice(length));
  }

  /** Each as it is read; null for one that is not there. @throws StoreCorruptError */
  async tasks<T>(names: readonly string[], read: (json: string) => T): Promise<(T | null)[]> {
    const values = await this.#values(names.map((name) => this.#keys.task(name)));
    return values.map((json, at) =>
      json === null ? null : this.decode(this.#keys.task(names[at] ?? ''), json, read),
    );
  }

  /** Those that are there, by id. @throws StoreCorruptError */
  async stages(ids: readonly string[]): Promise<Map<string, JavaStage>> {
    const values = await this.#values(ids.map((id) => this.#keys.stage(id)));
    const found = new Map<string, JavaStage>();
    for (const [at, id] of ids.entries()) {
      const json = values[at] ?? null;
      if (json !== null) found.set(id, this.decode(this.#keys.stage(id), json, readStage));
    }
    return found;
  }

  /** Those that are there, by the plan's id. @throws StoreCorruptError */
  async outlines(planIds: readonly string[]): Promise<Map<string, PlanOutline>> {
    const values = await this.#values(planIds.map((id) => this.#keys.plan(id)));
    const found = new Map<string, PlanOutline>();
    for (const [at, id] of planIds.entries()) {
      const json = values[at] ?? null;
      if (json !== null) found.set(id, this.decode(this.#keys.plan(id), json, decodePlan));
    }
    return found;
  }

  /** null when it is not there. @throws StoreCorruptError */
  async spec(planId: string, index: number): Promise<StageSpec | null> {
    const key = this.#keys.spec(planId);
    const json = await this.#ask(key, 'HGET', key, String(index));
    return typeof json === 'string' ? this.decode(`${key} ${index}`, json, decodeSpec) : null;
  }

  /** All of a plan of so many stages. @throws StoreCorruptError */
  async specs(planId: string, count: number): Promise<StageSpec[]> {
    const key = this.#keys.spec(planId);
    const fields = Array.from({ length: count }, (_, index) => String(index));
    const values: (string | null)[] = [];
    for (let from = 0; from < count; from += AT_ONCE)
      values.push(...(await this.#list(key, 'HMGET', key, ...fields.slice(from, from + AT_ONCE))));
    return values.map((json, index) => {
      if (json === null) throw this.corrupt(`${key} ${index}`, 'it is not there');
      return this.decode(`${key} ${index}`, json, decodeSpec);
    });
  }

  /** The ids of all plans. */
  async planIds(): Promise<string[]> {
    const ids: string[] = [];
    for await (const page of this.#scan('SSCAN', this.#keys.plans)) ids.push(...page);
    return ids;
  }

  /** @throws StoreCorruptError where it can't be read */
  decode<T>(key: string, json: string, read: (json: string) => T): T {
    try {
      return read(json);
    } catch (thrown) {
      throw this.corrupt(key, errorMessage(thrown), thrown);
    }
  }

  corrupt(key: string, problem: string, cause?: unknown): StoreCorruptError {
    return new StoreCorruptError(
      `the record ${JSON.stringify(key)} in ${this.#where()} is damaged: ${problem}`,
      { hint: 'restore Redis from a backup, or start with another --redis-prefix', cause },
    );
  }

  async #values(keys: readonly string[]): Promise<(string | null)[]> {
    const parts: Promise<(string | null)[]>[] = [];
    for (let from = 0; from < keys.length; from += AT_ONCE)
      parts.push(this.#list(null, 'MGET', ...keys.slice(from, from + AT_ONCE)));
    return (await Promise.all(parts)).flat();
  }

  async #list(key: string | null, ...command: readonly string[]): Promise<(string | null)[]> {
    return listOf(await this.#ask(key, ...command)).map((one) => (typeof one === 'string' ? one : null));
  }

  /** @param key that the command is about, where it is one. @throws StoreCorruptError it holds another kind of value */
  async #ask(key: string | null, ...command: readonly string[]): Promise<unknown> {
    try {
      return await this.#use(({ send }) => send(...command));
    } catch (thrown) {
      if (key !== null && thrown instanceof ErrorReply && thrown.message.startsWith('WRONGTYPE'))
        throw this.corrupt(key, 'it holds another kind of value', thrown);
      throw thrown;
    }
  }

  async *#scan(command: string, key: string | null, ...options: readonly string[]): AsyncGenerator<string[]> {
    let cursor = '0';
    do {
      const words = [command, ...(key === null ? [] : [key]), cursor, ...options, 'COUNT', String(AT_ONCE)];
      const answer = await this.#ask(key, ...words);
      const [next, page] = listOf(answer);
      cursor = typeof next === 'string' ? next : '0';
      yield listOf(page).filter((one) => typeof one === 'string');
    } while (cursor !== '0');
  }
}

function listOf(answer: unknown): unknown[] {
  return Array.isArray(answer) ? answer : [];
}
