import net from 'node:net';
import type { connect as connectFunction } from 'node:tls';
import { ProtocolError, UnreachableError, errorMessage, systemErrorCode } from '../model/errors.ts';
import { MessageScanner, type Message } from './message-scanner.ts';
import type { ClientOptions, TlsOptions } from './options.ts';
import { monotonicMs } from './monotonic.ts';

/** A call got no answer. `sent` says whether the request may have reached the master. */
export class CallFailedError extends UnreachableError {
  readonly sent: boolean;

  constructor(message: string, sent: boolean, options: { hint?: string | undefined; cause?: unknown } = {}) {
    super(message, options);
    this.sent = sent;
  }
}

interface PendingCall {
  resolve(reply: Message): void;
  reject(error: Error): void;
}

/**
 * One socket to a master. States: connecting, open, closed; `closed` is final, and whoever waits then is rejected with the
 * reason. Replies find their calls by sequence id, so several calls may be under way.
 */
export class Connection {
  readonly #socket: net.Socket;
  readonly #scanner: MessageScanner;
  readonly #pending = new Map<number, PendingCall>();
  readonly #address: string;
  /** Why it is closed. Made when somebody asks: an error costs as much as a call. */
  #closed: (() => Error) | null = null;

  private constructor(socket: net.Socket, options: ClientOptions) {
    this.#socket = socket;
    this.#scanner = new MessageScanner(options.limits);
    this.#address = `${options.host}:${options.port}`;
    socket.on('data', (chunk: Buffer) => this.#receive(chunk));
    socket.on('error', (error) => this.#lost(error));
    socket.on('end', () => this.#lost(null));
    socket.on('close', () => this.#lost(null));
  }

  /**
   * Connects, and with TLS shakes hands, within the connect timeout and before `deadline` (milliseconds of monotonicMs).
   * @param ended gives up when it is aborted
   * @throws CallFailedError, never `sent`
   */
  static async open(options: ClientOptions, deadline: number, ended: AbortSignal): Promise<Connection> {
    const address = `${options.host}:${options.port}`;
    const timeout = Math.max(1, Math.min(options.connectTimeoutMs, deadline - monotonicMs()));
    const { host, port } = options;
    const socket =
      options.tls === null
        ? net.connect({ host, port })
        : // Loading TLS takes longer than a call, and most clients do without.
          connectTls((await import('node:tls')).connect, { host, port }, options.tls);
    socket.setNoDelay(true);
    await new Promise<void>((resolve, reject) => {
      const settle = (problem: string | null, cause?: Error): void => {
        clearTimeout(timer);
        ended.removeEventListener('abort', onEnded);
        socket.off(ready, onReady).off('error', onError).off('close', onClose);
        if (problem === null) {
          resolve();
          return;
        }
        // It may still emit an error while it is torn down, which nobody needs any more.
        socket.on('error', () => undefined).destroy();
        const message = `can't reach clic-master at ${address}: ${problem}`;
        reject(new CallFailedError(message, false, { hint: hintFor(cause, options), cause }));
      };
      const ready = options.tls === null ? 'connect' : 'secureConnect';
      const onReady = (): void => settle(null);
      const onError = (error: Error): void => settle(connectProblem(error), error);
      const onClose = (): void => settle('the connection was closed by the other side');
      const onEnded = (): void => settle('the client was closed');
      ended.addEventListener('abort', onEnded);
      const timer = setTimeout(() => settle(`no connection within ${Math.round(timeout)} ms`), timeout);
      socket.once(ready, onReady).once('error', onError).once('close', onClose);
    });
    return new Connection(socket, options);
  }

  get closed(): boolean {
    return this.#closed !== null;
  }

  /**
   * Sends a request and waits for the message that answers it.
   * @throws CallFailedError the connection was lost, or the deadline (of monotonicMs) passed; the connection is closed then
   * @throws ProtocolError something else than Thrift came back; the connection is closed then
   */
  async call(request: Buffer, seqid: number, deadline: number): Promise<Message> {
    if (this.#closed !== null) {
      const reason = this.#closed();
      throw new CallFailedError(reason.message, false, { cause: reason, hint: HINT });
    }
    const waited = Math.max(1, deadline - monotonicMs());
    let timer: NodeJS.Timeout | undefined;
    try {
      return await new Promise<Message>((resolve, reject) => {
        this.#pending.set(seqid, { resolve, reject });
        timer = setTimeout(() => {
          const message = `clic-master at ${this.#address} did not answer within ${Math.round(waited)} ms`;
          this.#close(
            () => new CallFailedError(message, true, { hint: 'a longer deadline is set by --call-timeout' }),
          );
        }, waited);
        this.#socket.write(request);
      });
    } finally {
      clearTimeout(timer);
      this.#pending.delete(seqid);
    }
  }

  /** Ends it at once. Whoever still waits is rejected. */
  close(): void {
    this.#close(() => new CallFailedError('the connection was closed by this side', true));
  }

  #receive(chunk: Buffer): void {
    if (this.#closed !== null) return;
    try {
      this.#scanner.push(chunk);
      for (let message = this.#scanner.next(); message !== null; message = this.#scanner.next()) {
        const pending = this.#pending.get(message.seqid) ?? this.#onlyPending();
        if (pending === undefined) throw new ProtocolError('it sent an answer to nothing that was asked');
        pending.resolve(message);
      }
    } catch (error) {
      const message = `what answers at ${this.#address} is no clic-master: ${errorMessage(error)}`;
      this.#close(() => new ProtocolError(message, { hint: HINT, cause: error }));
    }
  }

  /** A reply with a strange sequence id still ends the one call that waits: its reader says what is wrong with it. */
  #onlyPending(): PendingCall | undefined {
    return this.#pending.size === 1 ? [...this.#pending.values()][0] : undefined;
  }

  #lost(error: Error | null): void {
    const reason = error === null ? 'was closed by the other side' : `was lost: ${connectProblem(error)}`;
    const when = this.#scanner.idle ? '' : ' in the middle of an answer';
    const message = `the connection to clic-master at ${this.#address} ${reason}${when}`;
    this.#close(() => new CallFailedError(message, true, { hint: HINT, cause: error }));
  }

  #close(reason: () => Error): void {
    if (this.#closed !== null) return;
    this.#closed = reason;
    // `end` would wait for a peer that keeps its half open.
    this.#socket.destroy();
    for (const pending of this.#pending.values()) pending.reject(reason());
    this.#pending.clear();
  }
}

const HINT = 'is it running? `clic config` shows which address is used, and where that comes from';

function connectTls(
  connect: typeof connectFunction,
  { host, port }: { readonly host: string; readonly port: number },
  { ca, cert, key, serverName }: TlsOptions,
): net.Socket {
  return connect({
    host,
    port,
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
    // SNI must not carry an address.
    ...(serverName === undefined
      ? net.isIP(host) === 0
        ? { servername: host }
        : {}
      : { servername: serverName }),
  });
}

const PROBLEMS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'connection reset',
  ENOTFOUND: 'no such host',
  EAI_AGAIN: 'the name could not be looked up',
  EHOSTUNREACH: 'no route to host',
  ENETUNREACH: 'network unreachable',
  ETIMEDOUT: 'timed out',
  EPIPE: 'closed by the other side',
};

/** What to do about a connection that could not be made. */
function hintFor(cause: Error | undefined, { tls }: ClientOptions): string {
  const code = cause === undefined ? '' : (systemErrorCode(cause) ?? '');
  if (tls === null) return HINT;
  if (/CERT|ISSUER|SIGNATURE/.test(code)) {
    return '--tls-ca FILE names the authority that signed its certificate, --tls-server-name NAME the name in it';
  }
  return `does it speak TLS? ${HINT}`;
}

/** A system error in words: Node's own texts repeat the call and the address. */
function connectProblem(error: Error): string {
  const code = systemErrorCode(error);
  const message = error.message === '' ? error.name : error.message;
  return (code === undefined ? undefined : PROBLEMS[code]) ?? message;
}
