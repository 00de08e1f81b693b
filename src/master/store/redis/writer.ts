import { ErrorReply } from '@redis/client';
import { StoreFencedError, StoreRewoundError } from '../store.ts';
import type { Connection } from './connect.ts';
import type { RedisKeys } from './keys.ts';
import { NotDurableError, type RedisLink } from './link.ts';
import type { Operations } from './operations.ts';
import { APPLY, FENCED, REWOUND, type Script, STAGE_PART, TAKE_OVER } from './scripts.ts';

/**
 * What one message to the server may have, in characters and words: it takes 2^20 words and 1 GiB by default, and answers
 * nobody else while it works on one.
 */
const [MESSAGE_LENGTH, MESSAGE_WORDS] = [16 * 1024 * 1024, 100_000];
const DURABLE_WITHIN_MS = 3000;

/**
 * Writes batches, each as a whole, once, and only while nobody else has taken the state over. The batches have numbers: one
 * whose answer was lost is sent again, and applied where it was not.
 */
export class RedisWriter {
  readonly #link: RedisLink;
  readonly #keys: RedisKeys;
  readonly #epoch: string;
  /** The number of the last batch that was written. */
  #batch = 0;

  /** @param epoch that of `takeOver` */
  constructor(link: RedisLink, keys: RedisKeys, epoch: string) {
    this.#link = link;
    this.#keys = keys;
    this.#epoch = epoch;
  }

  /** Takes the state over from whoever wrote it so far. Answers the epoch in which this one writes. */
  static async takeOver(connection: Connection, { epoch, batch, staged }: RedisKeys): Promise<string> {
    const answer = await durably(connection, () => run(connection, TAKE_OVER, [epoch, batch, staged], []));
    return String(answer);
  }

  /**
   * @param epoch the one that is there now
   * @returns null while it is this one's
   */
  fencedBy(epoch: unknown): StoreFencedError | null {
    return epoch === this.#epoch ? null : this.#fenced(`${FENCED} by epoch ${String(epoch)}`);
  }

  /**
   * Atomic, and durable once resolved; repeated until it is answered.
   * @throws StoreFencedError, StoreRewoundError nothing was written
   */
  async write({ words, length }: Operations): Promise<void> {
    if (words.length === 0) return;
    const { epoch, batch, staged } = this.#keys;
    const isLarge = length > MESSAGE_LENGTH || words.length > MESSAGE_WORDS;
    const numbers = [this.#epoch, String(this.#batch + 1), String(this.#batch)];
    const rest = isLarge ? [String(words.length)] : ['-1', ...words];
    try {
      await this.#link.write(async (connection) => {
        if (isLarge) await this.#putAside(connection, words);
        await durably(connection, () =>
          run(connection, APPLY, [epoch, batch, staged], [...numbers, ...rest]),
        );
      });
    } catch (thrown) {
      throw this.#meaning(thrown);
    }
    this.#batch += 1;
  }

  async #putAside(connection: Connection, words: readonly string[]): Promise<void> {
    const keys = [this.#keys.epoch, this.#keys.staged];
    for (let from = 0; from < words.length;) {
      let to = from;
      for (let length = 0; to < words.length && to - from < MESSAGE_WORDS && length < MESSAGE_LENGTH; to += 1)
        length += words[to]?.length ?? 0;
      const place = from === 0 ? 'first' : 'next';
      await run(connection, STAGE_PART, keys, [this.#epoch, place, ...words.slice(from, to)]);
      from = to;
    }
  }

  #meaning(thrown: unknown): unknown {
    if (!(thrown instanceof ErrorReply)) return thrown;
    if (thrown.message.startsWith(FENCED)) return this.#fenced(thrown.message, thrown);
    if (thrown.message.startsWith(REWOUND))
      return new StoreRewoundError(
        `${this.#link.where} has lost what it had acknowledged: it should be at batch ${this.#batch}, and is ${thrown.message}`,
        {
          hint: 'start again: what Redis has counts; look at its persistence, and at its replicas after a failover',
          cause: thrown,
        },
      );
    return thrown;
  }

  #fenced(how: string, cause?: ErrorReply): StoreFencedError {
    return new StoreFencedError(
      `another master has taken over the state in ${this.#link.where}: this one wrote as epoch ${this.#epoch}, and was ${how}`,
      {
        hint: 'only one master may use a --redis-prefix at a time; start this one again where it is the one',
        cause,
      },
    );
  }
}

/** @throws NotDurableError the server has written it, and not reached its disk */
async function durably(connection: Connection, write: () => Promise<unknown>): Promise<unknown> {
  const answer = await write();
  if (!connection.waitsForAof) return answer;
  // It waits for what this connection has written.
  const synced = await connection.send('WAITAOF', '1', '0', String(DURABLE_WITHIN_MS));
  if (!Array.isArray(synced) || Number(synced[0]) < 1)
    throw new NotDurableError(`what it was sent is not on its disk after ${DURABLE_WITHIN_MS / 1000} s`);
  return answer;
}

/** Runs a script by its name, and sends its text where the server does not know it. */
async function run(
  { send }: Connection,
  { sha, text }: Script,
  keys: readonly string[],
  args: readonly string[],
): Promise<unknown> {
  const rest = [String(keys.length), ...keys, ...args];
  try {
    return await send('EVALSHA', sha, ...rest);
  } catch (thrown) {
    if (!(thrown instanceof ErrorReply) || !thrown.message.startsWith('NOSCRIPT')) throw thrown;
    return send('EVAL', text, ...rest);
  }
}
