import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ApiError } from '../../../src/master/kubernetes/api-error.ts';
import type { ApiRequest } from '../../../src/master/kubernetes/api.ts';
import { type Json, objectOf } from '../../../src/master/kubernetes/json.ts';
import { KubernetesLease } from '../../../src/master/leader/kubernetes-lease.ts';

const NEVER = new AbortController().signal;
const PATH = '/apis/coordination.k8s.io/v1/namespaces/argo/leases';

/** Keeps one lease as an API server does: a write of an outdated version is refused. */
class LeaseApi {
  lease: Json | null = null;
  readonly asked: string[] = [];
  #version = 0;

  request({ method = 'GET', path, body }: ApiRequest): Promise<Json> {
    this.asked.push(method);
    const answer = this.#answer(method, path, objectOf(body));
    return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
  }

  close(): void {
    this.asked.push('closed');
  }

  /** What somebody else does to it. */
  change(spec: Json): void {
    this.#store({ spec: { ...objectOf(this.lease?.['spec']), ...spec } });
  }

  get spec(): Json {
    return objectOf(this.lease?.['spec']);
  }

  #answer(method: string, path: string, body: Json): Json | Error {
    if (path !== (method === 'POST' ? PATH : `${PATH}/clic-master`)) return refusal(404);
    if (method === 'POST') return this.lease === null ? this.#store(body) : refusal(409);
    if (this.lease === null) return refusal(404);
    if (method === 'GET') return this.lease;
    const given = objectOf(body['metadata'])['resourceVersion'];
    return given === objectOf(this.lease['metadata'])['resourceVersion'] ? this.#store(body) : refusal(409);
  }

  #store(lease: Json): Json {
    this.#version += 1;
    const metadata = { name: 'clic-master', namespace: 'argo', resourceVersion: String(this.#version) };
    this.lease = { ...lease, metadata };
    return this.lease;
  }
}

function refusal(status: number): ApiError {
  return new ApiError(status, {}, { what: 'it', retryAfterMs: null });
}

function leaseOf(api: LeaseApi, identity: string): KubernetesLease {
  return new KubernetesLease(api, { namespace: 'argo', name: 'clic-master' }, identity);
}

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

describe('a Lease of Kubernetes', () => {
  it('is made where there is none, and renewed by one request each time', async () => {
    const api = new LeaseApi();
    const a = leaseOf(api, 'a');
    expect(await a.claim(NEVER)).toBeNull();
    expect(api.spec).toMatchObject({ holderIdentity: 'a', leaseDurationSeconds: 10, leaseTransitions: 0 });
    expect(api.spec['renewTime']).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/);
    const acquired = api.spec['acquireTime'];
    vi.advanceTimersByTime(2500);
    expect(await a.claim(NEVER)).toBeNull();
    expect(api.asked).toEqual(['GET', 'POST', 'PUT']);
    expect(api.spec['acquireTime']).toBe(acquired);
    expect(api.spec['renewTime']).not.toBe(acquired);
  });

  it('is another one’s until nobody has renewed it for as long as it holds, whatever the clocks of others say', async () => {
    const api = new LeaseApi();
    const [a, b] = [leaseOf(api, 'a'), leaseOf(api, 'b')];
    await a.claim(NEVER);
    // A clock that is an hour behind.
    api.change({ renewTime: '2001-01-01T00:00:00.000000Z' });
    expect(await b.claim(NEVER)).toBe('a');
    vi.advanceTimersByTime(9000);
    expect(await b.claim(NEVER)).toBe('a');
    api.change({ renewTime: '2001-01-01T00:00:01.000000Z' });
    expect(await b.claim(NEVER)).toBe('a');
    vi.advanceTimersByTime(10_000);
    expect(await b.claim(NEVER)).toBe('a');
    vi.advanceTimersByTime(1);
    expect(await b.claim(NEVER)).toBeNull();
    expect(api.spec).toMatchObject({ holderIdentity: 'b', leaseTransitions: 1 });
    expect(await a.claim(NEVER)).toBe('b');
  });

  it('goes to one of two that find it run out at once', async () => {
    const api = new LeaseApi();
    api.change({ holderIdentity: 'dead', leaseDurationSeconds: 10 });
    const [a, b] = [leaseOf(api, 'a'), leaseOf(api, 'b')];
    expect(await Promise.all([a.claim(NEVER), b.claim(NEVER)])).toEqual(['dead', 'dead']);
    vi.advanceTimersByTime(10_001);
    const holders = await Promise.all([a.claim(NEVER), b.claim(NEVER)]);
    expect(holders).toEqual([null, 'a']);
  });

  it('can be had at once when it was given back, also after somebody else has annotated it', async () => {
    const api = new LeaseApi();
    const [a, b] = [leaseOf(api, 'a'), leaseOf(api, 'b')];
    await a.claim(NEVER);
    expect(await b.claim(NEVER)).toBe('a');
    api.change({});
    expect(await a.claim(NEVER)).toBeNull();
    api.change({});
    await a.release(NEVER);
    expect(await b.claim(NEVER)).toBeNull();
    await a.release(NEVER);
    expect(api.spec['holderIdentity']).toBe('b');
  });

  it('is made again where it was deleted', async () => {
    const api = new LeaseApi();
    const a = leaseOf(api, 'a');
    await a.claim(NEVER);
    api.lease = null;
    expect(await a.claim(NEVER)).toBeNull();
    expect(api.spec['holderIdentity']).toBe('a');
  });

  it('that can not be made, since its namespace is not there, is an error', async () => {
    const nowhere = new KubernetesLease(new LeaseApi(), { namespace: 'gone', name: 'clic-master' }, 'a');
    await expect(nowhere.claim(NEVER)).rejects.toMatchObject({ status: 404 });
  });
});
