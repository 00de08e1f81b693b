import { isJson, type Json, objectOf, textOf } from './json.ts';

/** What a watch tells. */
export type WatchEvent =
  | { readonly type: 'ADDED' | 'MODIFIED' | 'DELETED'; readonly object: Json }
  /** Nothing changed up to this version. */
  | { readonly type: 'BOOKMARK'; readonly object: Json }
  /** The watch ends; the object is a Status. */
  | { readonly type: 'ERROR'; readonly object: Json };

/** One event has a whole object of Kubernetes, of which etcd takes about 1.5 MiB. */
const MAX_EVENT_BYTES = 8 * 2 ** 20;
const TYPES: ReadonlySet<string> = new Set<WatchEvent['type']>([
  'ADDED',
  'MODIFIED',
  'DELETED',
  'BOOKMARK',
  'ERROR',
]);

/** The events of a watch, which come as one JSON text on each line. @throws RangeError for an endless line */
export async function* watchEvents(chunks: AsyncIterable<Buffer>): AsyncGenerator<WatchEvent, void> {
  let pending: Buffer[] = [];
  let length = 0;
  for await (const chunk of chunks) {
    let start = 0;
    for (let end = chunk.indexOf(10); end !== -1; end = chunk.indexOf(10, start)) {
      pending.push(chunk.subarray(start, end));
      const event = parseEvent(Buffer.concat(pending));
      if (event !== null) yield event;
      pending = [];
      length = 0;
      start = end + 1;
    }
    pending.push(chunk.subarray(start));
    length += chunk.length - start;
    if (length > MAX_EVENT_BYTES)
      throw new RangeError(`an event of a watch has more than ${MAX_EVENT_BYTES} bytes`);
  }
}

/** Null for what is no event: an empty line, or one that was cut off. */
function parseEvent(line: Buffer): WatchEvent | null {
  let value: unknown;
  try {
    value = JSON.parse(line.toString('utf8'));
  } catch {
    return null;
  }
  if (!isJson(value)) return null;
  const { type } = value;
  return isType(type) ? { type, object: objectOf(value['object']) } : null;
}

function isType(type: unknown): type is WatchEvent['type'] {
  return typeof type === 'string' && TYPES.has(type);
}

/** The version of an object, or of a list; null where it has none. */
export function versionOf(object: Json): string | null {
  return textOf(objectOf(object['metadata'])['resourceVersion']);
}
