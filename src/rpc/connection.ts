import net from 'node:net';
import type { ConnectionOptions } from 'node:tls';
import { ProtocolError } from '../model/errors.ts';
import {
  CallFailedError,
  connectFailure,
  connectProblem,
  lostFailure,
  tooLate,
  unreadable,
} from './connect-problem.ts';
import type { Ending } from './ending.ts';
import { MessageScanner, type Message } from './message-scanner.ts';
import type { ClientOptions } from './options.ts';
import { monotonicMs } from './monotonic.ts';

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
  readonly #options: ClientOptions;
  #answered = false;
  /** Why it is closed. Made when somebody asks: an error costs as much as a call. */
  #closed: (() => Error) | null = null;

  #retired = false;
  readonly #ended: Ending;
  readonly #onEnded = (): void => this.close();

  private constructor(socket: net.Socket, options: ClientOptions, ended: Ending) {
    this.#socket = socket;
    this.#ended = ended;
    this.#scanner = new MessageScanner(options.limits);
    this.#options = options;
    this.#address = `${options.host}:${options.port}`;
    socket.on('data', (chunk: Buffer) => this.#receive(chunk));
    socket.on('error', (error) => this.#lost(error));
    socket.on('end', () => this.#lost(null));
    socket.on('close', () => this.#lost(null));
    ended.on(this.#onEnded);
    if (ended.isOver) this.close();
  }

  /**
   * Connects, and with TLS shakes hands, within the connect timeout and before `deadline` (milliseconds of monotonicMs).
   * @param ended closes it, also later
   * @throws CallFailedError never `sent`
   * @throws UnreachableError TLS can't be agreed on: trying again gives the same
   */
  static async open(options: ClientOptions, deadline: number, ended: Ending): Promise<Connection> {
    const address = `${options.host}:${options.port}`;
    const timeout = Math.max(1, Math.min(options.connectTimeoutMs, deadline - monotonicMs()));
    const { host, port } = options;
    // Loading TLS takes longer than a call, and most clients do without.
    const connectTls = options.tls === null ? null : (await import('node:tls')).connect;
    if (ended.isOver) throw connectFailure(address, 'the client was closed', undefined, options);
    const socket =
      connectTls === null
        ? net.connect({ host, port })
        : connectTls({ host, port, ...tlsParameters(options) });
    socket.setNoDelay(true);
    await new Promise<void>((resolve, reject) => {
      const settle = (problem: string | null, cause?: Error): void => {
        clearTimeout(timer);
        ended.off(onEnded);
        socket.off(ready, onReady).off('error', onError).off('close', onClose);
        if (problem === null) {
          resolve();
          return;
        }
        // It may still emit an error while it is torn down, which nobody needs any more.
        socket.on('error', () => undefined).destroy();
        reject(connectFailure(address, problem, cause, options));
      };
      const ready = options.tls === null ? 'connect' : 'secureConnect';
      const onReady = (): void => settle(null);
      const onError = (error: Error): void => settle(connectProblem(error), error);
      const onClose = (): void => settle('the connection was closed by the other side');
      const onEnded = (): void => settle('the client was closed');
      ended.on(onEnded);
      const timer = setTimeout(() => settle(`no connection within ${Math.round(timeout)} ms`), timeout);
      socket.once(ready, onReady).once('error', onError).once('close', onClose);
    });
    return new Connection(socket, options, ended);
  }

  get closed(): boolean {
    return this.#closed !== null;
  }

  /**
   * Sends a request and waits for the message that answers it.
   * @throws CallFailedError the connection was lost, or the deadline (of monotonicMs) passed; the connection is closed then
   * @throws UnreachableError the master does not accept the client's certificate, or that there is none
   * @throws ProtocolError something else than Thrift came back; the connection is closed then
   */
  async call(request: Buffer, seqid: number, deadline: number): Promise<Message> {
    if (this.#closed !== null) {
      const reason = this.#closed();
      if (!(reason instanceof CallFailedError)) throw reason;
      throw new CallFailedError(reason.message, false, { cause: reason, hint: reason.hint });
    }
    const left = Math.max(1, Math.ceil(deadline - monotonicMs()));
    let timer: NodeJS.Timeout | undefined;
    try {
      return await new Promise<Message>((resolve, reject) => {
        this.#pending.set(seqid, { resolve, reject });
        timer = setTimeout(() => this.#close(() => tooLate(this.#options, true)), left);
        this.#socket.write(request);
      });
    } finally {
      clearTimeout(timer);
      this.#pending.delete(seqid);
      if (this.#retired && this.#pending.size === 0) this.close();
    }
  }

  /** Ends it when the calls that are under way are over. */
  retire(): void {
    this.#retired = true;
    if (this.#pending.size === 0) this.close();
  }

  /** Ends it at once. Whoever still waits is rejected. */
  close(): void {
    this.#close(() => new CallFailedError('the connection was closed by this side', true));
  }

  #receive(chunk: Buffer): void {
    if (this.#closed !== null) return;
    this.#answered = true;
    try {
      this.#scanner.push(chunk);
      for (let message = this.#scanner.next(); message !== null; message = this.#scanner.next()) {
        const pending = this.#pending.get(message.seqid) ?? this.#onlyPending();
        if (pending === undefined) throw new ProtocolError('it sent an answer to nothing that was asked');
        pending.resolve(message);
      }
    } catch (error) {
      this.#close(() => unreadable(this.#address, error, chunk, this.#options));
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
    this.#close(() => lostFailure(message, error, this.#answered, this.#options));
  }

  #close(reason: () => Error): void {
    if (this.#closed !== null) return;
    this.#closed = reason;
    this.#ended.off(this.#onEnded);
    // `end` would wait for a peer that keeps its half open.
    this.#socket.destroy();
    for (const pending of this.#pending.values()) pending.reject(reason());
    this.#pending.clear();
  }
}

function tlsParameters({ host, tls }: ClientOptions): ConnectionOptions {
  if (tls === null) return {};
  const { ca, cert, key } = tls;
  // SNI must not carry an address.
  const servername = tls.serverName ?? (net.isIP(host) === 0 ? host : undefined);
  return {
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
    ...(servername === undefined ? {} : { servername }),
  };
}
