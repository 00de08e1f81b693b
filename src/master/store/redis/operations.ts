import type { RedisKeys } from './keys.ts';

/** Stages outlive their task in Redis by so much, so that who still sees the task finds them. */
const STAGES_LONGER_MS = 24 * 60 * 60 * 1000;

/** What one batch does, in the words of the script that applies it, and how large it is. */
export class Operations {
  readonly words: string[] = [];
  /** UTF-16 units: at least a third of the bytes. */
  length = 0;
  readonly #keys: RedisKeys;
  readonly #retentionMs: number;

  /** @param retentionMs how long a finished task is kept */
  constructor(keys: RedisKeys, retentionMs: number) {
    this.#keys = keys;
    this.#retentionMs = retentionMs;
  }

  /** Keeps the time that the key may have left. */
  set(key: string, value: string): void {
    this.#add('set', key, value);
  }

  setField(key: string, field: string, value: string): void {
    this.#add('hset', key, field, value);
  }

  deleteField(key: string, field: string): void {
    this.#add('hdel', key, field);
  }

  addMember(key: string, member: string): void {
    this.#add('sadd', key, member);
  }

  removeMember(key: string, member: string): void {
    this.#add('srem', key, member);
  }

  delete(key: string): void {
    this.#add('del', key);
  }

  /** After its stages: one that is over goes with them when its time has come. */
  setTask(name: string, json: string, isOver: boolean): void {
    const key = this.#keys.task(name);
    if (!isOver) this.#add('task', key, json);
    else {
      const stagesMs = this.#retentionMs + STAGES_LONGER_MS;
      this.#add('over', key, json, String(this.#retentionMs), String(stagesMs), this.#keys.stage(''));
    }
  }

  /** With its stages. */
  deleteTask(name: string): void {
    this.#add('gone', this.#keys.task(name), this.#keys.stage(''));
  }

  #add(...words: readonly string[]): void {
    for (const word of words) {
      this.words.push(word);
      this.length += word.length;
    }
  }
}
