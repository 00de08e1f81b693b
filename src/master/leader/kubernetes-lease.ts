import { ApiError } from '../kubernetes/api-error.ts';
import type { KubernetesApi } from '../kubernetes/api.ts';
import { integerOf, type Json, objectOf, textOf } from '../kubernetes/json.ts';
import { monotonicMs } from '../../rpc/monotonic.ts';
import { type Lease, LEASE_MS } from './lease.ts';

/** Of a lease that somebody else has written; longer ones are taken for this. */
const LONGEST_LEASE_S = 3600;

/**
 * A Lease of coordination.k8s.io/v1, as Kubernetes' own components use it. Clocks of other machines count for nothing: a lease
 * has run out when we have seen no change of it for its duration (client-go, tools/leaderelection).
 */
export class KubernetesLease implements Lease {
  readonly isKeptWhileAway = false;
  readonly #api: Pick<KubernetesApi, 'request' | 'close'>;
  readonly #namespace: string;
  readonly #name: string;
  readonly #identity: string;
  /** As it was last seen; null where there is none. */
  #seen: Seen | null = null;

  /** @param identity names this process, as no other ever is named */
  constructor(
    api: Pick<KubernetesApi, 'request' | 'close'>,
    place: { readonly namespace: string; readonly name: string },
    identity: string,
  ) {
    this.#api = api;
    this.#namespace = place.namespace;
    this.#name = place.name;
    this.#identity = identity;
  }

  get where(): string {
    return `the Lease ${this.#namespace}/${this.#name}`;
  }

  async claim(signal: AbortSignal): Promise<string | null> {
    // A renewal takes one request, as long as nobody else has written it.
    if (this.#seen?.holder === this.#identity && (await this.#write(this.#seen, signal))) return null;
    await this.#look(signal);
    const seen = this.#seen;
    if (seen !== null && !this.#isFree(seen)) return seen.holder;
    if (await this.#write(seen, signal)) return null;
    await this.#look(signal);
    return this.#seen?.holder ?? 'another process';
  }

  async release(signal: AbortSignal): Promise<void> {
    for (;;) {
      const seen = this.#seen;
      if (seen?.holder !== this.#identity) return;
      const spec = { ...seen.spec, holderIdentity: '', leaseDurationSeconds: 1, renewTime: microTime() };
      if (await this.#send(seen, spec, signal)) return;
      signal.throwIfAborted();
      await this.#look(signal);
    }
  }

  close(): void {
    this.#api.close();
  }

  /** Ours is, too: a renewal that was answered with a conflict comes here. */
  #isFree({ holder, seconds, at }: Seen): boolean {
    if (holder === null || holder === this.#identity) return true;
    return monotonicMs() - at > seconds * 1000;
  }

  async #look(signal: AbortSignal): Promise<void> {
    try {
      this.#see(await this.#api.request({ path: this.#path(this.#name), signal }));
    } catch (error) {
      if (!(error instanceof ApiError) || error.status !== 404) throw error;
      this.#seen = null;
    }
  }

  /** False where somebody else was first. */
  async #write(seen: Seen | null, signal: AbortSignal): Promise<boolean> {
    const now = microTime();
    const isOurs = seen?.holder === this.#identity;
    const before = seen?.spec ?? {};
    const transitions = integerOf(before['leaseTransitions']) ?? 0;
    const spec = {
      ...before,
      holderIdentity: this.#identity,
      leaseDurationSeconds: LEASE_MS / 1000,
      acquireTime: isOurs ? before['acquireTime'] : now,
      renewTime: now,
      leaseTransitions: isOurs || seen === null ? transitions : transitions + 1,
    };
    return this.#send(seen, spec, signal);
  }

  /** The version that was seen goes along: the server refuses where it is not the latest (409), or gone (404). */
  async #send(seen: Seen | null, spec: Json, signal: AbortSignal): Promise<boolean> {
    const metadata = seen?.metadata ?? { name: this.#name, namespace: this.#namespace };
    const body = { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata, spec };
    const request =
      seen === null
        ? ({ method: 'POST', path: this.#path(), body, signal } as const)
        : ({ method: 'PUT', path: this.#path(this.#name), body, signal } as const);
    try {
      this.#see(await this.#api.request(request));
      return true;
    } catch (error) {
      const isOutdated = error instanceof ApiError && (error.status === 409 || error.status === 404);
      // Where there is no such namespace, nothing can be made.
      if (isOutdated && !(seen === null && error.status === 404)) return false;
      throw error;
    }
  }

  #see(lease: Json): void {
    const metadata = objectOf(lease['metadata']);
    const spec = objectOf(lease['spec']);
    const version = textOf(metadata['resourceVersion']);
    const { version: before = null, at = 0 } = this.#seen ?? {};
    const isSame = version !== null && version === before;
    const given = integerOf(spec['leaseDurationSeconds']) ?? 0;
    this.#seen = {
      metadata,
      spec,
      version,
      holder: textOf(spec['holderIdentity']),
      seconds: given > 0 && given <= LONGEST_LEASE_S ? given : LEASE_MS / 1000,
      at: isSame ? at : monotonicMs(),
    };
  }

  #path(...name: string[]): string {
    const words = ['', 'apis', 'coordination.k8s.io', 'v1', 'namespaces', this.#namespace, 'leases', ...name];
    return words.map(encodeURIComponent).join('/');
  }
}

interface Seen {
  readonly metadata: Json;
  readonly spec: Json;
  readonly version: string | null;
  readonly holder: string | null;
  /** How long it holds. */
  readonly seconds: number;
  /** When this version was first seen, on the clock of `monotonicMs`. */
  readonly at: number;
}

/** Now, as a MicroTime of Kubernetes. */
function microTime(): string {
  return new Date().toISOString().replace('Z', '000Z');
}
