import { setTimeout as delay } from 'node:timers/promises';
import { ErrorReply } from '@redis/client';
import { ConfigError, errorMessage, RefusedError } from '../../../model/errors.ts';
import type { StoreOptions } from '../store.ts';
import { connect, type Connection, isPassing, problemOf, reasonOf } from './connect.ts';
import type { RedisSettings } from './settings.ts';
import { within } from './within.ts';

/** How long the first connection may take, in milliseconds: a Redis that starts as well loads its data first. */
const OPENED_WITHIN_MS = 20_000;
const [FIRST_PAUSE_MS, LONGEST_PAUSE_MS] = [100, 2000];
/** A connection is asked so often whether it is alive, and has so long to answer. */
const [BEAT_EVERY_MS, BEAT_WITHIN_MS] = [2000, 10_000];
const TRY_AGAIN_MS = 1000;

/** What a server refuses that is still the one to write to. */
const STAYS = /^(?:MISCONF|OOM|BUSY|NOREPLICAS|NOPERM|TRYAGAIN|UNKILLABLE)\b/;

/** What was written has not reached the disk in time. */
export class NotDurableError extends Error {}

/**
 * A connection to Redis that is made anew whenever it ends. A write is repeated until it is answered; reads are
 * refused while there is no connection.
 *
 * Its state: `#connection` is the one in use, null while one is looked for; then `#connected` resolves with the next.
 */
export class RedisLink {
  readonly #settings: RedisSettings;
  readonly #beat: readonly string[];
  readonly #onWaiting: (problem: string | null) => void;
  /** Told what the server answered to the beat. */
  #onBeat: (answer: unknown) => void = () => undefined;
  readonly #leaving = new AbortController();
  #connection: Connection | null = null;
  #connected: Promise<void> = Promise.resolve();
  /** Why there is no connection. */
  #lost: string | null = null;
  /** Why the server takes no writes. */
  #refused: string | null = null;
  #isWaiting = false;
  #isClosed = false;
  #heart: NodeJS.Timeout | undefined;

  private constructor(settings: RedisSettings, beat: readonly string[], options: StoreOptions) {
    this.#settings = settings;
    this.#beat = beat;
    this.#onWaiting = options.onWaiting ?? (() => undefined);
  }

  /**
   * @param beat a command that reads, to see whether the connection is alive
   * @param start what the first connection has to do; repeated like a write, for a while
   * @throws ConfigError the settings, or those of the server, don't do; UnreachableError it can't be reached or written to
   */
  static async open<T>(
    settings: RedisSettings,
    beat: readonly string[],
    options: StoreOptions,
    start: (connection: Connection) => Promise<T>,
  ): Promise<{ readonly link: RedisLink; readonly started: T }> {
    const link = new RedisLink(settings, beat, options);
    const until = Date.now() + OPENED_WITHIN_MS;
    for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(2 * pause, LONGEST_PAUSE_MS)) {
      try {
        const { connection, started } = await connectAnd(settings, start);
        link.#use(connection);
        link.#heart = setInterval(() => void link.#listen(), BEAT_EVERY_MS);
        return { link, started };
      } catch (thrown) {
        if (thrown instanceof ConfigError || Date.now() + pause > until) throw thrown;
        if (pause === FIRST_PAUSE_MS) options.onNotice?.(`waiting for Redis: ${errorMessage(thrown)}`);
      }
      await delay(pause);
    }
  }

  /** @param listener told what the server answers each time when it is asked whether it is alive */
  onBeat(listener: (answer: unknown) => void): void {
    this.#onBeat = listener;
  }

  /** Where the state is, for people. */
  get where(): string {
    return this.#connection?.where ?? this.#settings.url.replace(/\/\/[^@/]*@/, '//');
  }

  /**
   * Writes, again and again until it is answered; `work` must leave the same however often it is done.
   * @throws ErrorReply of what the server refuses for good; any error when it is time to leave
   */
  async write<T>(work: (connection: Connection) => Promise<T>): Promise<T> {
    const done = await this.wait(work);
    this.#tell({ refused: null });
    return done;
  }

  /** Reads, as patiently. */
  async wait<T>(work: (connection: Connection) => Promise<T>): Promise<T> {
    for (;;) {
      const connection = this.#connection;
      if (connection === null) {
        if (this.#leaving.signal.aborted) throw this.#away();
        await this.#connected;
        continue;
      }
      try {
        return await work(connection);
      } catch (thrown) {
        if (!isPassing(thrown)) throw thrown;
        const problem = `${connection.where} takes no writes: ${reasonOf(thrown)}`;
        if (this.#leaving.signal.aborted) throw thrown;
        if (thrown instanceof NotDurableError || STAYS.test(reasonOf(thrown))) {
          this.#tell({ refused: problem });
          await this.#pause(TRY_AGAIN_MS);
        } else {
          // It may be another server that takes them by now.
          this.#drop(connection, thrown instanceof ErrorReply ? problem : cutOff(connection, thrown));
        }
      }
    }
  }

  /** @throws RefusedError while there is no connection */
  async read<T>(work: (connection: Connection) => Promise<T>): Promise<T> {
    const connection = this.#connection;
    if (connection === null) throw this.#away();
    try {
      return await work(connection);
    } catch (thrown) {
      if (!isPassing(thrown)) throw thrown;
      throw this.#away(thrown);
    }
  }

  /** From now on a write that is refused fails instead of being repeated. */
  leave(): void {
    this.#leaving.abort();
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.leave();
    this.#isClosed = true;
    clearInterval(this.#heart);
    this.#connection?.destroy();
    this.#connection = null;
    await this.#connected;
  }

  #away(cause?: unknown): RefusedError {
    const problem = this.#lost ?? (cause === undefined ? 'the state is closed' : reasonOf(cause));
    return new RefusedError(`the state can't be read now: ${problem}`, {
      hint: 'try again when Redis is back; running stages go on',
      cause,
    });
  }

  #use(connection: Connection): void {
    this.#connection = connection;
    void connection.lost.then((reason) => this.#drop(connection, reason));
    if (this.#isClosed) this.#drop(connection, 'the state is closed');
    else this.#tell({ lost: null });
  }

  /** Gives a connection up, where it is the one in use, and looks for the next. */
  #drop(connection: Connection, reason: string): void {
    connection.destroy();
    if (this.#connection !== connection) return;
    this.#connection = null;
    this.#tell({ lost: reason });
    this.#connected = this.#reconnect();
  }

  async #reconnect(): Promise<void> {
    for (
      let pause = FIRST_PAUSE_MS;
      !this.#leaving.signal.aborted;
      pause = Math.min(2 * pause, LONGEST_PAUSE_MS)
    ) {
      try {
        this.#use(await connect(this.#settings));
        return;
      } catch (thrown) {
        this.#tell({ lost: errorMessage(thrown) });
        await this.#pause(pause);
      }
    }
  }

  async #listen(): Promise<void> {
    const connection = this.#connection;
    if (connection === null) return;
    const late = (): Error => new Error('it does not answer');
    try {
      const answer = await within(BEAT_WITHIN_MS, connection.send(...this.#beat), late);
      if (this.#connection === connection) this.#onBeat(answer);
    } catch (thrown) {
      if (!(thrown instanceof ErrorReply)) this.#drop(connection, cutOff(connection, thrown));
    }
  }

  /** Tells, once each, that nothing can be written and that it can again. */
  #tell(change: { readonly lost?: string | null; readonly refused?: string | null }): void {
    if (change.lost !== undefined) this.#lost = change.lost;
    if (change.refused !== undefined) this.#refused = change.refused;
    const problem = this.#lost ?? this.#refused;
    if ((problem !== null) === this.#isWaiting || this.#isClosed) return;
    this.#isWaiting = problem !== null;
    this.#onWaiting(problem === null ? null : `the state can't be written: ${problem}`);
  }

  /** Over at once when it is time to leave. */
  async #pause(ms: number): Promise<void> {
    await delay(ms, undefined, { signal: this.#leaving.signal }).catch(() => undefined);
  }
}

function cutOff({ where }: Connection, thrown: unknown): string {
  return `${where} can't be reached: ${reasonOf(thrown)}`;
}

async function connectAnd<T>(
  settings: RedisSettings,
  start: (connection: Connection) => Promise<T>,
): Promise<{ readonly connection: Connection; readonly started: T }> {
  const connection = await connect(settings);
  try {
    return { connection, started: await start(connection) };
  } catch (thrown) {
    connection.destroy();
    throw problemOf(connection.where, thrown);
  }
}
