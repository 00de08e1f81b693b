import { errorMessage, systemErrorCode } from '../model/errors.ts';
import { ResultUnreadableError } from './errors.ts';

/** The answer to a request. Its body must be read with `chunks` or `text`, or else discarded. */
export interface Answer {
  readonly status: number;
  /** Where a redirect leads. */
  readonly redirect: URL | null;
  /** The body as it comes in; the connection is closed when the reader stops early. */
  chunks(): AsyncGenerator<Uint8Array>;
  /** At most so many bytes of the body as UTF-8. */
  text(maxBytes: number): Promise<string>;
  discard(): void;
}

type Within = <T>(action: () => Promise<T>) => Promise<T>;

/**
 * Sends a GET request, and follows no redirect. Neither the answer nor any next part of it may take longer than
 * `timeout` milliseconds; the time that the reader takes is not counted.
 * @throws ResultUnreadableError no connection, or no answer in time; with the hint
 */
export async function httpGet(
  url: URL,
  options: { signal?: AbortSignal | undefined; timeout: number; hint?: string | undefined },
): Promise<Answer> {
  const { signal, timeout, hint } = options;
  const stop = new AbortController();
  const within: Within = async (action) => {
    const timer = setTimeout(() => {
      const message = `${url.origin} did not answer within ${timeout / 1000} s`;
      stop.abort(new ResultUnreadableError(message, { hint }));
    }, timeout);
    try {
      return await action();
    } catch (error) {
      signal?.throwIfAborted();
      stop.signal.throwIfAborted();
      throw connectionError(url, error, hint);
    } finally {
      clearTimeout(timer);
    }
  };
  const response = await within(() =>
    fetch(url, {
      redirect: 'manual',
      headers: { 'accept-encoding': 'identity' },
      signal: signal === undefined ? stop.signal : AbortSignal.any([signal, stop.signal]),
    }),
  );
  const discard = (): void => stop.abort();
  const chunks = (): AsyncGenerator<Uint8Array> => readBody(response, within, discard);
  return {
    status: response.status,
    redirect: redirectOf(response, url),
    chunks,
    text: (maxBytes) => readText(chunks(), maxBytes),
    discard,
  };
}

async function* readBody(
  response: Response,
  within: Within,
  discard: () => void,
): AsyncGenerator<Uint8Array> {
  const reader = response.body?.getReader();
  if (reader === undefined) return;
  try {
    for (;;) {
      const next: { done: boolean; value?: unknown } = await within(() => reader.read());
      if (next.done) return;
      if (next.value instanceof Uint8Array) yield next.value;
    }
  } finally {
    discard();
  }
}

async function readText(chunks: AsyncIterable<Uint8Array>, maxBytes: number): Promise<string> {
  const read: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of chunks) {
    read.push(chunk);
    size += chunk.length;
    if (size >= maxBytes) break;
  }
  return new TextDecoder().decode(Buffer.concat(read).subarray(0, maxBytes));
}

function redirectOf(response: Response, from: URL): URL | null {
  const location = response.headers.get('location');
  if (response.status < 300 || response.status > 399 || location === null) return null;
  if (!URL.canParse(location, from.href)) return null;
  const url = new URL(location, from);
  return url.protocol === 'http:' || url.protocol === 'https:' ? url : null;
}

function connectionError(url: URL, error: unknown, hint: string | undefined): ResultUnreadableError {
  // What went wrong is the cause of fetch's own error; where several addresses were tried, it has only a code.
  const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
  const reason = errorMessage(cause) || (systemErrorCode(cause) ?? 'unknown error');
  return new ResultUnreadableError(`no connection to ${url.origin}: ${reason}`, { hint, cause: error });
}
