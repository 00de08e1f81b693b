import http, { type IncomingMessage } from 'node:http';
import https from 'node:https';
import { errorMessage } from '../../model/errors.ts';
import type { Access, Credentials } from './access.ts';
import { ApiError, UnreachableApiError } from './api-error.ts';
import { isJson, type Json, objectOf } from './json.ts';

/** What is asked of an API server. */
export interface ApiRequest {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** From the root on, without a query. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly signal?: AbortSignal;
  /** From the request to the end of the answer, in milliseconds. 30 seconds unless told. */
  readonly timeoutMs?: number;
}

const TIMEOUT_MS = 30_000;
/** Answers of whole lists come in pages, so nothing that we ask for is larger. */
const MAX_ANSWER_BYTES = 64 * 2 ** 20;
const CONNECTIONS = 32;
const MERGE_PATCH = 'application/merge-patch+json';

/** Asks an API server, over connections that are kept. */
export class KubernetesApi {
  readonly #access: Access;
  readonly #userAgent: string;
  /** For the certificates of the latest request. */
  #agent: { readonly key: string; readonly agent: http.Agent } | null = null;

  constructor(access: Access, userAgent: string) {
    this.#access = access;
    this.#userAgent = userAgent;
  }

  /**
   * The object that the server answers with.
   * @throws ApiError the server refused; UnreachableApiError it did not answer, or with something else
   */
  async request(request: ApiRequest): Promise<Json> {
    const chunks: Buffer[] = [];
    let length = 0;
    for await (const chunk of await this.#send(request)) {
      chunks.push(chunk);
      length += chunk.length;
      if (length > MAX_ANSWER_BYTES)
        throw new UnreachableApiError(`${request.path}: the answer is larger than ${MAX_ANSWER_BYTES} bytes`);
    }
    const answer = parsed(Buffer.concat(chunks));
    if (answer === null) throw new UnreachableApiError(`${request.path}: the answer is no JSON object`);
    return answer;
  }

  /**
   * What the server sends, until it ends: a watch, or a log. The signal ends it.
   * @throws ApiError the server refused; UnreachableApiError it did not answer, or the connection was lost
   */
  stream(request: ApiRequest & { readonly signal: AbortSignal }): Promise<AsyncIterable<Buffer>> {
    return this.#send(request);
  }

  /** Lets go of connections that nothing uses. */
  close(): void {
    this.#agent?.agent.destroy();
    this.#agent = null;
  }

  async #send(request: ApiRequest): Promise<AsyncIterable<Buffer>> {
    const timeout = AbortSignal.timeout(request.timeoutMs ?? TIMEOUT_MS);
    const signal = request.signal === undefined ? timeout : AbortSignal.any([timeout, request.signal]);
    const response = await this.#responseTo(request, signal).catch((error: unknown) => {
      throw unreachable(request, error);
    });
    const { statusCode = 0 } = response;
    if (statusCode >= 200 && statusCode < 300) return bodyOf(request, response);
    throw await refusal(request, response, statusCode);
  }

  async #responseTo(
    { method = 'GET', path, query = {}, body }: ApiRequest,
    signal: AbortSignal,
  ): Promise<IncomingMessage> {
    const { headers, proxyAgent, ...tls } = await this.#access.credentials();
    const url = new URL(this.#access.server);
    url.pathname = `${url.pathname.replace(/\/$/, '')}${path}`;
    url.search = new URLSearchParams(query).toString();
    const text = body === undefined ? undefined : JSON.stringify(body);
    const type = method === 'PATCH' ? MERGE_PATCH : 'application/json';
    const agent = proxyAgent ?? this.#agentFor(tls, url.protocol === 'http:');
    const options = {
      ...tls,
      method,
      agent,
      signal,
      headers: {
        ...headers,
        'User-Agent': this.#userAgent,
        Accept: 'application/json',
        ...(text === undefined ? {} : { 'Content-Type': type, 'Content-Length': Buffer.byteLength(text) }),
      },
    };
    return new Promise((resolve, reject) => {
      const sent = (url.protocol === 'http:' ? http : https).request(url, options, resolve);
      sent.once('error', reject);
      sent.end(text);
    });
  }

  /** Another one as soon as the certificates are others: they belong to connections. */
  #agentFor(tls: Omit<Credentials, 'headers' | 'proxyAgent'>, isPlain: boolean): http.Agent {
    const key = JSON.stringify([tls.ca, tls.cert, tls.key, tls.pfx].map(String));
    if (this.#agent?.key === key) return this.#agent.agent;
    // What goes on over the one before is left to end by itself.
    const options = { keepAlive: true, maxSockets: CONNECTIONS };
    const agent = isPlain ? new http.Agent(options) : new https.Agent(options);
    this.#agent = { key, agent };
    return agent;
  }
}

async function* bodyOf(request: ApiRequest, response: IncomingMessage): AsyncGenerator<Buffer, void> {
  try {
    for await (const chunk of response) yield Buffer.from(chunk as Uint8Array);
  } catch (error) {
    throw unreachable(request, error);
  }
}

/** What a server says that it did not do what was asked: a `Status` of Kubernetes, or whatever a proxy says. */
async function refusal(request: ApiRequest, response: IncomingMessage, status: number): Promise<ApiError> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of bodyOf(request, response)) {
    length += chunk.length;
    if (length > MAX_ANSWER_BYTES) break;
    chunks.push(chunk);
  }
  const seconds = Number(response.headers['retry-after']);
  return new ApiError(status, objectOf(parsed(Buffer.concat(chunks))), {
    what: `${request.method ?? 'GET'} ${request.path}`,
    retryAfterMs: seconds > 0 ? seconds * 1000 : null,
  });
}

function unreachable({ path }: ApiRequest, error: unknown): UnreachableApiError {
  if (error instanceof UnreachableApiError) return error;
  return new UnreachableApiError(`${path}: ${errorMessage(error)}`, { cause: error });
}

function parsed(bytes: Buffer): Json | null {
  try {
    const value: unknown = JSON.parse(bytes.toString('utf8'));
    return isJson(value) ? value : null;
  } catch {
    return null;
  }
}
