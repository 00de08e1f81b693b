import type net from 'node:net';
import type { BufferBudget } from './buffer-budget.ts';
import { answer, refusal } from './dispatch.ts';
import { looksLikeTls } from './foreign.ts';
import { LimitExceededError, SERVER_OPTIONS } from './limits.ts';
import { MessageScanner, type Message } from './message-scanner.ts';
import { monotonicMs } from './monotonic.ts';
import type { ServerOptions } from './options.ts';
import type { Services, Session } from './services.ts';

/** The words are for people that look at the bytes: TLS only sees that they are none of its own. */
const NO_TLS = Buffer.from('this port does not speak TLS\n');

/** So many requests of one connection wait before no more of it is read. */
const MAX_QUEUED = 32;

/**
 * One connection of a client. Its requests are answered one after the other, in their order.
 *
 * One timer stands for what is waited for: the rest of a request, the next request, or the client to read an answer. While a
 * request is being carried out none runs: how long that takes is not the client's doing.
 */
export class ServedConnection {
  readonly #socket: net.Socket;
  readonly #session: Session;
  readonly #services: Promise<Services>;
  readonly #options: ServerOptions;
  readonly #scanner: MessageScanner;
  readonly #queue: Message[] = [];
  #queuedBytes = 0;
  readonly #budget: BufferBudget;
  /** What comes now is not read any more: it belongs to a request that was refused. */
  #refused = false;
  #timer: NodeJS.Timeout | undefined;
  #timerKind: 'request' | 'idle' | 'write' | null = null;
  #working = false;
  #ending = false;
  lastActive = monotonicMs();

  constructor(
    socket: net.Socket,
    session: Session,
    services: Promise<Services>,
    options: ServerOptions,
    budget: BufferBudget,
    onClosed: () => void,
  ) {
    this.#socket = socket;
    this.#session = session;
    this.#services = services;
    this.#options = options;
    this.#budget = budget;
    this.#scanner = new MessageScanner(options.limits);
    socket.on('data', (chunk: Buffer) => this.#receive(chunk));
    socket.on('end', () => this.finish());
    socket.on('error', (error) => options.onTrouble('a connection was lost', error));
    socket.on('close', () => {
      this.#stopTimer();
      this.#budget.set(this, { requests: 0, replies: 0 });
      onClosed();
    });
    this.#wait();
  }

  /** True while a request is being answered. */
  get busy(): boolean {
    return this.#working;
  }

  /** Ends the connection after the answers to the requests that have arrived. */
  finish(): void {
    this.#ending = true;
    if (this.#working) return;
    // Answers that were not taken yet may be among what is sent before the end.
    this.#startTimer('write');
    this.#socket.end(() => this.#socket.destroy());
  }

  destroy(): void {
    this.#socket.destroy();
  }

  #receive(chunk: Buffer): void {
    if (this.#refused) return;
    this.lastActive = monotonicMs();
    try {
      this.#scanner.push(chunk);
      for (let message = this.#scanner.next(); message !== null; message = this.#scanner.next()) {
        this.#queue.push(message);
        this.#queuedBytes += message.bytes.length;
      }
    } catch (error) {
      this.#refuse(error, chunk);
      return;
    }
    this.#count();
    if (this.#socket.destroyed) return;
    if (this.#queue.length >= MAX_QUEUED) this.#socket.pause();
    if (this.#working) return;
    if (this.#queue.length > 0) void this.#work();
    else this.#wait();
  }

  /** The stream can't be read on: says why where that can be understood, and ends it. */
  #refuse(error: unknown, chunk: Buffer): void {
    this.#refused = true;
    const isLimit = error instanceof LimitExceededError;
    if (isLimit)
      this.#options.onLimit(`a request is over a limit, which ${SERVER_OPTIONS[error.limit]} raises`, error);
    else this.#options.onTrouble('a client does not speak the protocol', error);
    const { pending } = this.#scanner;
    if (this.#working || this.#queue.length > 0) this.#socket.destroy();
    else if (isLimit && pending !== null)
      this.#endWith(refusal(pending, `${error.message} (${SERVER_OPTIONS[error.limit]} of clic-master)`));
    // Anything that is no TLS lets a client of TLS know that there is none, where a mere end would not.
    else if (looksLikeTls(chunk)) this.#endWith(NO_TLS);
    else this.#socket.destroy();
  }

  /** Sends it, and passes over what still comes, or else the system would throw away what was sent. */
  #endWith(bytes: Buffer): void {
    this.#startTimer('write');
    this.#socket.end(bytes);
  }

  /** Tells how much this connection keeps in memory. */
  #count(): void {
    this.#budget.set(this, {
      requests: this.#scanner.held + this.#queuedBytes,
      replies: this.#socket.writableLength,
    });
  }

  /** Answers what is queued. Never rejects. */
  async #work(): Promise<void> {
    this.#working = true;
    this.#stopTimer();
    const services = await this.#services.catch(() => null);
    if (services === null) {
      this.#socket.destroy();
      return;
    }
    // The client may be gone by the time they come: nobody asks any more, and its session is over.
    if (this.#isGone()) return;
    for (let request = this.#queue.shift(); request !== undefined; request = this.#queue.shift()) {
      const { bytes, error } = await answer(request, services, this.#session);
      if (error !== null) this.#options.onTrouble(`${request.name} was refused`, error);
      this.#queuedBytes -= request.bytes.length;
      if (this.#isGone()) return;
      const isTaken = this.#socket.write(bytes);
      this.#count();
      if (!isTaken) {
        await this.#drained();
        this.#count();
      }
      if (this.#queue.length < MAX_QUEUED) this.#socket.resume();
    }
    this.#working = false;
    this.lastActive = monotonicMs();
    if (this.#ending) this.finish();
    else this.#wait();
  }

  #isGone(): boolean {
    return this.#socket.destroyed;
  }

  /** Waits for the client to take what was written; one that doesn't is cut off. */
  async #drained(): Promise<void> {
    await new Promise<void>((resolve) => {
      const done = (): void => {
        this.#socket.off('drain', done).off('close', done);
        this.#stopTimer();
        resolve();
      };
      this.#socket.once('drain', done).once('close', done);
      this.#startTimer('write');
    });
  }

  #wait(): void {
    this.#startTimer(this.#scanner.idle ? 'idle' : 'request');
  }

  #startTimer(kind: 'request' | 'idle' | 'write'): void {
    // More of the same request does not buy more time.
    if (kind === 'request' && this.#timerKind === 'request') return;
    this.#stopTimer();
    const { requestTimeoutMs, idleTimeoutMs, writeTimeoutMs } = this.#options.connections;
    const limit = { request: requestTimeoutMs, idle: idleTimeoutMs, write: writeTimeoutMs }[kind];
    this.#timerKind = kind;
    this.#timer = setTimeout(() => this.#socket.destroy(), limit);
  }

  #stopTimer(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#timerKind = null;
  }
}
