import { ProtocolError } from '../model/errors.ts';
import { prepareCall } from './calls.ts';
import { CallFailedError, Connection } from './connection.ts';
import { monotonicMs } from './monotonic.ts';
import type { ClientOptions } from './options.ts';
import type { TaskMethod } from './remote-exception.ts';

/** Sequence ids, the connection, and one deadline for each call. */
export class Transport {
  readonly options: ClientOptions;
  #connection: Connection | null = null;
  #seqid = 0;
  readonly #end = new AbortController();

  constructor(options: ClientOptions) {
    this.options = options;
  }

  /**
   * One attempt. A `fresh` call opens a connection of its own, which later calls then use: on an old one that the master has
   * just closed it could not be told whether the request arrived.
   * @throws CallFailedError, ProtocolError, RemoteException
   */
  async call(
    method: TaskMethod,
    args: string[],
    use: 'fresh' | 'any' = 'any',
    deadline = this.deadline(),
  ): Promise<unknown> {
    if (use === 'fresh') this.close();
    if (this.ended.aborted) throw new CallFailedError('the client was closed', false);
    const connection = await this.#connect(deadline);
    const seqid = ++this.#seqid;
    const call = prepareCall(method, args, seqid);
    const reply = await connection.call(call.bytes, seqid, deadline);
    try {
      return await call.read(reply);
    } catch (error) {
      // Whatever follows on this stream can't be trusted.
      if (error instanceof ProtocolError) this.close();
      throw error;
    }
  }

  async #connect(deadline: number): Promise<Connection> {
    if (this.#connection === null || this.#connection.closed) {
      this.#connection = await Connection.open(this.options, deadline, this.ended);
    }
    return this.#connection;
  }

  /** Aborted when the client is closed: nothing is connected or tried again then. */
  get ended(): AbortSignal {
    return this.#end.signal;
  }

  end(): void {
    this.#end.abort();
    this.close();
  }

  /** When a call that begins now must be over, in milliseconds of monotonicMs. */
  deadline(): number {
    return monotonicMs() + this.options.callTimeoutMs;
  }

  close(): void {
    this.#connection?.close();
    this.#connection = null;
  }
}
