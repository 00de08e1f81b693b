import { ProtocolError } from '../model/errors.ts';
import TaskService from './gen/TaskService.js';
import type { Message } from './message-scanner.ts';
import { MessageReader, MessageType, MessageWriter, ReadBuffer, WriteBuffer } from './protocol.ts';
import { ExceptionType, RemoteException, type TaskMethod } from './remote-exception.ts';

/** A request that was written, and the reader of its reply. */
export interface PreparedCall {
  readonly bytes: Buffer;
  /**
   * The reply's value, of whatever type it has; null where it carries none.
   * @throws RemoteException, ProtocolError
   */
  read(reply: Message): Promise<unknown>;
}

/** Writes a call by the generated client. */
export function prepareCall(
  method: TaskMethod,
  args: readonly (string | number)[],
  seqid: number,
): PreparedCall {
  const output = new WriteBuffer();
  const client = new TaskService.Client(output, TaskServiceWriter);
  client.new_seqid = () => seqid;
  const result: unknown = invoke(client, method, args);
  if (!(result instanceof Promise)) throw new TypeError(`the generated client has no promise for ${method}`);
  // Until the reply is read nothing can reject it, but an abandoned call must not become an unhandled rejection.
  result.catch(() => undefined);
  return {
    bytes: output.written,
    read: (reply) => readReply(client, method, seqid, reply, result),
  };
}

/** Calls are multiplexed: the message's name carries the service. */
class TaskServiceWriter extends MessageWriter {
  override writeMessageBegin(name: string, type: number, seqid: number): void {
    super.writeMessageBegin(`TaskService:${name}`, type, seqid);
  }
}

async function readReply(
  client: object,
  method: TaskMethod,
  seqid: number,
  reply: Message,
  result: Promise<unknown>,
): Promise<unknown> {
  if (reply.type !== MessageType.REPLY && reply.type !== MessageType.EXCEPTION) {
    throw new ProtocolError(`the answer to ${method} is a message of type ${reply.type}, not a reply`);
  }
  if (reply.name !== method) {
    throw new ProtocolError(`the answer to ${method} is named ${JSON.stringify(reply.name.slice(0, 80))}`);
  }
  if (reply.seqid !== seqid) {
    throw new ProtocolError(`the answer to ${method} has the sequence id ${reply.seqid}, not ${seqid}`);
  }
  const input = new ReadBuffer(reply.bytes);
  const reader = new MessageReader(input);
  reader.readMessageBegin();
  try {
    invoke(client, `recv_${method}`, [reader, reply.type, seqid]);
  } catch (error) {
    throw new ProtocolError(`the answer to ${method} can't be decoded`, { cause: error });
  }
  if (!input.exhausted) throw new ProtocolError(`the answer to ${method} is not of the declared type`);
  try {
    return await result;
  } catch (error) {
    // The generated client rejects with a bare string when a result struct is empty.
    if (typeof error === 'string') return null;
    throw remoteException(method, error);
  }
}

function remoteException(method: TaskMethod, error: unknown): Error {
  if (!(error instanceof Error)) return new ProtocolError(`the answer to ${method} can't be decoded`);
  const type = 'type' in error && typeof error.type === 'number' ? error.type : 0;
  if (type === ExceptionType.MISSING_RESULT)
    return new RemoteException(method, type, `no result for ${method}`);
  // Its message is optional on the wire.
  const message: unknown = error.message;
  return new RemoteException(method, type, typeof message === 'string' ? message : `${method} failed`);
}

/** Calls a method of generated code, whose types can't be relied on. */
export function invoke(target: object, method: string, args: readonly unknown[]): unknown {
  const member: unknown = Reflect.get(target, method);
  if (typeof member !== 'function') throw new TypeError(`the generated code has no ${method}`);
  return Reflect.apply(member, target, [...args]);
}
