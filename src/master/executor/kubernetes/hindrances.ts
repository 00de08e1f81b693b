import type { KubernetesApi } from '../../kubernetes/api.ts';
import { listOf, objectOf, textOf } from '../../kubernetes/json.ts';
import type { Attempt } from './attempt.ts';

/** How often events are asked for while an attempt does not start and nothing says why, in milliseconds. */
const EVERY_MS = 3000;
const MOST = '500';

/**
 * Finds out why pods don't start of which the Job or the pod itself says nothing: a quota or an admission that refuses the pod,
 * a volume that can't be mounted. Only events tell, and one request asks for those of all attempts.
 */
export class Hindrances {
  readonly #api: Pick<KubernetesApi, 'request'>;
  readonly #namespace: string;
  readonly #attempts: ReadonlyMap<string, Attempt>;
  readonly #waiting = new Set<Attempt>();
  #timer: NodeJS.Timeout | null = null;
  readonly #closing = new AbortController();

  /** @param attempts by the names of their Jobs */
  constructor(
    api: Pick<KubernetesApi, 'request'>,
    namespace: string,
    attempts: ReadonlyMap<string, Attempt>,
  ) {
    this.#api = api;
    this.#namespace = namespace;
    this.#attempts = attempts;
  }

  /** From now on until it starts or ends. */
  watch(attempt: Attempt): void {
    this.#waiting.add(attempt);
    if (this.#closing.signal.aborted) return;
    this.#timer ??= setTimeout(() => void this.#ask(), EVERY_MS);
  }

  close(): void {
    this.#closing.abort();
    if (this.#timer !== null) clearTimeout(this.#timer);
  }

  async #ask(): Promise<void> {
    for (const attempt of this.#waiting) {
      if (this.#attempts.get(attempt.job.name) !== attempt || attempt.seen.hasStarted)
        this.#waiting.delete(attempt);
    }
    // One that has only just been watched for gets the time of a turn to start.
    if ([...this.#waiting].some((attempt) => attempt.seen.isUnexplained)) await this.#read();
    this.#timer = null;
    if (this.#waiting.size > 0 && !this.#closing.signal.aborted)
      this.#timer = setTimeout(() => void this.#ask(), EVERY_MS);
  }

  /** Where the server does not answer, the watches tell so. */
  async #read(): Promise<void> {
    const path = `/api/v1/namespaces/${this.#namespace}/events`;
    const query = { fieldSelector: 'type=Warning', limit: MOST };
    const list = await this.#api
      .request({ path, query, signal: this.#closing.signal })
      .catch(() => ({ items: [] }));
    for (const event of listOf(objectOf(list)['items']).map(objectOf)) {
      const about = objectOf(event['involvedObject']);
      const [name, message] = [textOf(about['name']), textOf(event['message'])];
      if (name === null || message === null) continue;
      const of = about['kind'] === 'Job' ? this.#attempts.get(name) : this.#ofPod(name);
      if (of === undefined) continue;
      of.seen.hindered(about['kind'] === 'Job' ? 'job' : 'pod', message);
    }
  }

  #ofPod(name: string): Attempt | undefined {
    return [...this.#waiting].find((attempt) => attempt.seen.pods.some((pod) => pod.name === name));
  }
}
