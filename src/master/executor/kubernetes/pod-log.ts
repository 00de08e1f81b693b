import type { KubernetesApi } from '../../kubernetes/api.ts';
import type { PodView } from './pod-state.ts';

/** How much is read of a log of which the end is kept, and how long that may take. */
const [MAX_READ_BYTES, WITHIN_MS] = [16 * 2 ** 20, 5000];
const LINES = '5000';

/** The end of what a pod's program has written, at most so many bytes. @throws ApiError, UnreachableApiError */
export async function logTail(
  api: Pick<KubernetesApi, 'stream'>,
  namespace: string,
  { name, container }: Pick<PodView, 'name' | 'container'>,
  maxBytes: number,
): Promise<Buffer> {
  const stop = new AbortController();
  const path = `/api/v1/namespaces/${namespace}/pods/${name}/log`;
  const query = { container, tailLines: LINES };
  let tail: Buffer[] = [];
  let [length, read] = [0, 0];
  for await (const chunk of await api.stream({ path, query, timeoutMs: WITHIN_MS, signal: stop.signal })) {
    tail.push(chunk);
    length += chunk.length;
    read += chunk.length;
    if (length > 2 * maxBytes) {
      tail = [Buffer.concat(tail).subarray(-maxBytes)];
      length = maxBytes;
    }
    if (read > MAX_READ_BYTES) break;
  }
  return Buffer.concat(tail).subarray(-maxBytes);
}
