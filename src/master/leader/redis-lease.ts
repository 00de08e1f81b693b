import { type Lease, LEASE_MS } from './lease.ts';

/** What it takes to speak with a Redis. */
export interface RedisConnection {
  readonly send: (...command: string[]) => Promise<unknown>;
  /** Resolves where it ends by itself. */
  readonly lost: Promise<unknown>;
  /** What was sent and not answered is rejected. */
  destroy(): void;
}

/** Our own token, or nobody's: who has led meanwhile has taken the state over, which refuses what we write. */
const CLAIM = `local holder = redis.call('GET', KEYS[1])
if holder and holder ~= ARGV[1] then return holder end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return ARGV[1]`;

const RELEASE = `if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
return redis.call('DEL', KEYS[1])`;

/**
 * A key of Redis that runs out, and holds the token of whoever leads (Redis' documentation, "Distributed Locks with Redis", for
 * one server).
 */
export class RedisLease implements Lease {
  readonly isKeptWhileAway = true;
  readonly #connect: () => Promise<RedisConnection>;
  readonly #key: string;
  readonly #token: string;
  #connection: Promise<RedisConnection> | null = null;

  /** @param token names this process, as no other ever is named */
  constructor(connect: () => Promise<RedisConnection>, key: string, token: string) {
    this.#connect = connect;
    this.#key = key;
    this.#token = token;
  }

  get where(): string {
    return `the lease ${this.#key} in Redis`;
  }

  async claim(signal: AbortSignal): Promise<string | null> {
    const answer = await this.#ask(signal, CLAIM, this.#token, String(LEASE_MS));
    return answer === this.#token ? null : String(answer);
  }

  async release(signal: AbortSignal): Promise<void> {
    await this.#ask(signal, RELEASE, this.#token);
  }

  close(): void {
    const closed = this.#connection;
    this.#connection = null;
    // One that could not be made has nothing to let go of.
    closed?.then((connection) => connection.destroy()).catch(() => undefined);
  }

  /** A connection on which something failed is not used again. */
  async #ask(signal: AbortSignal, script: string, ...args: string[]): Promise<unknown> {
    const drop = (): void => this.close();
    signal.addEventListener('abort', drop);
    try {
      this.#connection ??= this.#open();
      const { send } = await this.#connection;
      return await send('EVAL', script, '1', this.#key, ...args);
    } catch (error) {
      drop();
      throw error;
    } finally {
      signal.removeEventListener('abort', drop);
    }
  }

  #open(): Promise<RedisConnection> {
    const opening = this.#connect();
    const forget = (): void => {
      if (this.#connection === opening) this.#connection = null;
    };
    opening.then(({ lost }) => lost.then(forget), forget).catch(forget);
    return opening;
  }
}
