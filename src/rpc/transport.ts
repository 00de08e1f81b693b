import { ProtocolError } from '../model/errors.ts';
import { prepareCall } from './calls.ts';
import { CallFailedError, tooLate } from './connect-problem.ts';
import { Connection } from './connection.ts';
import { monotonicMs } from './monotonic.ts';
import { Ending } from './ending.ts';
import type { ClientOptions } from './options.ts';
import type { TaskMethod } from './remote-exception.ts';

/** Sequence ids and the connection. Calls get the deadline of what they are part of. */
export class Transport {
  readonly options: ClientOptions;
  #connection: Connection | null = null;
  /** One that is being made: whoever calls meanwhile waits for the same. */
  #opening: Promise<Connection> | null = null;
  #seqid = 0;
  /** Of the client: nothing is connected or tried again then. */
  readonly ended = new Ending();

  constructor(options: ClientOptions) {
    this.options = options;
  }

  /**
   * One attempt, over by `deadline` (of monotonicMs). A `fresh` call opens a connection of its own, which later calls then
   * use: on an old one that the master has just closed it could not be told whether the request arrived.
   * @throws CallFailedError, UnreachableError, ProtocolError, RemoteException
   */
  async call(
    method: TaskMethod,
    args: readonly (string | number)[],
    deadline: number,
    use: 'fresh' | 'any' = 'any',
  ): Promise<unknown> {
    if (use === 'fresh') {
      this.#connection?.retire();
      this.#connection = null;
    }
    const connection = await this.#connect(deadline);
    const seqid = ++this.#seqid;
    const call = prepareCall(method, args, seqid);
    const reply = await connection.call(call.bytes, seqid, deadline);
    try {
      return await call.read(reply);
    } catch (error) {
      // Whatever follows on this stream can't be trusted.
      if (error instanceof ProtocolError) connection.close();
      throw error;
    }
  }

  async #connect(deadline: number): Promise<Connection> {
    if (this.ended.isOver) throw new CallFailedError('the client was closed', false);
    if (monotonicMs() >= deadline) throw tooLate(this.options, false);
    if (this.#connection !== null && !this.#connection.closed) return this.#connection;
    this.#opening ??= this.#open(deadline);
    return this.#before(deadline, this.#opening);
  }

  async #open(deadline: number): Promise<Connection> {
    try {
      this.#connection = await Connection.open(this.options, deadline, this.ended);
      return this.#connection;
    } finally {
      this.#opening = null;
    }
  }

  /** The connection that an earlier call has asked for, and which may take longer than this one can wait. */
  async #before(deadline: number, opening: Promise<Connection>): Promise<Connection> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      const left = Math.max(1, Math.ceil(deadline - monotonicMs()));
      timer = setTimeout(() => reject(tooLate(this.options, false)), left);
    });
    try {
      return await Promise.race([opening, late]);
    } finally {
      clearTimeout(timer);
    }
  }
}
