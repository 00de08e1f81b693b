import { setTimeout as sleep } from 'node:timers/promises';
import type { KubernetesApi } from './api.ts';
import { ApiError } from './api-error.ts';
import { Backoff } from './backoff.ts';
import { type Json, listOf, objectOf, textOf } from './json.ts';
import { versionOf, watchEvents } from './watch-events.ts';

export interface ReflectorOptions {
  readonly api: Pick<KubernetesApi, 'request' | 'stream'>;
  /** The path of a collection. */
  readonly path: string;
  readonly labelSelector: string;
  readonly onObject: (object: Json) => void;
  readonly onDeleted: (object: Json) => void;
  /** A list begins: whatever was known and is not told until it ends is gone. */
  readonly onListing: () => void;
  readonly onListed: () => void;
  /** Told once when the server can't be followed, and null when it can be again. */
  readonly onTrouble: (error: unknown) => void;
  /** How long one watch lasts, in seconds. 60 unless told. */
  readonly watchSeconds?: number;
}

const PAGE = 500;
/** How much longer than asked for a watch may last. One that does has been lost without a word. */
const OVERTIME_MS = 10_000;
const GONE = 410;

/**
 * Follows a collection of the API server: lists it, then watches from there on, and lists again where the server does not know
 * that version any more.
 */
export class Reflector {
  readonly #options: ReflectorOptions;
  readonly #closing = new AbortController();
  readonly #backoff = new Backoff(100, 15_000);
  #version: string | null = null;
  #isInTrouble = false;
  #running: Promise<void> | null = null;

  constructor(options: ReflectorOptions) {
    this.#options = options;
  }

  start(): void {
    this.#running ??= this.#run();
  }

  /** Nothing is told any more. */
  async close(): Promise<void> {
    this.#closing.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { signal } = this.#closing;
    while (!signal.aborted) {
      try {
        if (this.#version === null) await this.#list();
        const since = performance.now();
        await this.#watch();
        // A server that ends each watch at once is not to be stormed.
        if (performance.now() - since < 1000) await sleep(1000, undefined, { signal });
      } catch (error) {
        if (this.#isClosed) return;
        if (error instanceof ApiError && error.status === GONE) this.#version = null;
        this.#troubled(error);
        await sleep(this.#backoff.afterFailure(error), undefined, { signal }).catch(() => undefined);
      }
    }
  }

  get #isClosed(): boolean {
    return this.#closing.signal.aborted;
  }

  async #list(): Promise<void> {
    const { api, path, labelSelector, onListing, onListed } = this.#options;
    let version: string | null = null;
    let next = '';
    onListing();
    do {
      const query = { labelSelector, limit: String(PAGE), ...(next === '' ? {} : { continue: next }) };
      const page: Json = await api.request({ path, query, signal: this.#closing.signal });
      for (const item of listOf(page['items'])) this.#options.onObject(objectOf(item));
      version = versionOf(page);
      next = textOf(objectOf(page['metadata'])['continue']) ?? '';
    } while (next !== '');
    this.#version = version;
    this.#followed();
    onListed();
  }

  async #watch(): Promise<void> {
    const { api, path, labelSelector, watchSeconds = 60 } = this.#options;
    const query = {
      labelSelector,
      watch: 'true',
      allowWatchBookmarks: 'true',
      timeoutSeconds: String(watchSeconds),
      ...(this.#version === null ? {} : { resourceVersion: this.#version }),
    };
    const timeoutMs = watchSeconds * 1000 + OVERTIME_MS;
    const stream = await api.stream({ path, query, timeoutMs, signal: this.#closing.signal });
    this.#followed();
    for await (const { type, object } of watchEvents(stream)) {
      if (type === 'ERROR') {
        const status = Number(object['code']) || 500;
        throw new ApiError(status, object, { what: `watching ${path}`, retryAfterMs: null });
      }
      this.#version = versionOf(object) ?? this.#version;
      if (type === 'DELETED') this.#options.onDeleted(object);
      else if (type !== 'BOOKMARK') this.#options.onObject(object);
    }
  }

  #followed(): void {
    this.#backoff.succeeded();
    if (this.#isInTrouble) this.#options.onTrouble(null);
    this.#isInTrouble = false;
  }

  #troubled(error: unknown): void {
    if (!this.#isInTrouble) this.#options.onTrouble(error);
    this.#isInTrouble = true;
  }
}
