import type net from 'node:net';
import { encodeException } from '../../src/rpc/protocol.ts';
import { recording } from './wire.ts';

/** The whole answer to `listAllTask` with sequence id 1, as the Java master sent it. */
export const LIST_REPLY = Buffer.from(recording('list-new').exchanges[0]!.reply, 'hex');

/** `header` of a reply to listAllTask with sequence id 1, and then `body` in hex. */
export function listReply(
  body: string,
  header: { name?: string; type?: number; seqid?: number } = {},
): Buffer {
  const { name = 'listAllTask', type = 2, seqid = 1 } = header;
  const head = Buffer.alloc(8 + name.length + 4);
  head.writeUInt32BE((0x80010000 | type) >>> 0, 0);
  head.writeInt32BE(name.length, 4);
  head.write(name, 8);
  head.writeInt32BE(seqid, 8 + name.length);
  return Buffer.concat([head, Buffer.from(body.replaceAll(' ', ''), 'hex')]);
}

export interface Misbehaviour {
  readonly name: string;
  readonly serve: (socket: net.Socket) => void;
  /** The code of the error that `listTasks` has to end with. */
  readonly code: 'UNREACHABLE' | 'PROTOCOL' | 'REFUSED';
}

/** Answers the first bytes that come, and then does nothing more. */
const reply = (bytes: Buffer | string) => (socket: net.Socket) => {
  socket.once('data', () => socket.write(bytes));
};

export const MISBEHAVIOURS: readonly Misbehaviour[] = [
  { name: 'accepts and stays silent', serve: () => undefined, code: 'UNREACHABLE' },
  { name: 'closes at once', serve: (socket) => socket.destroy(), code: 'UNREACHABLE' },
  { name: 'resets at once', serve: (socket) => socket.resetAndDestroy(), code: 'UNREACHABLE' },
  { name: 'half-closes at once', serve: (socket) => socket.end(), code: 'UNREACHABLE' },
  {
    name: 'closes when it is asked',
    serve: (socket) => socket.once('data', () => socket.end()),
    code: 'UNREACHABLE',
  },
  {
    name: 'closes in the middle of the answer',
    serve: (socket) => socket.once('data', () => socket.end(LIST_REPLY.subarray(0, 90))),
    code: 'UNREACHABLE',
  },
  {
    name: 'sends half an answer and keeps the connection',
    serve: reply(LIST_REPLY.subarray(0, 90)),
    code: 'UNREACHABLE',
  },
  {
    name: 'drips a byte now and then, for ever',
    serve: (socket) => {
      let sent = 0;
      const timer = setInterval(() => socket.write(LIST_REPLY.subarray(sent % 40, (sent++ % 40) + 1)), 100);
      socket.on('close', () => clearInterval(timer));
    },
    code: 'UNREACHABLE',
  },
  {
    name: 'answers with random bytes',
    serve: reply(Buffer.from('0badc0de'.repeat(8), 'hex')),
    code: 'PROTOCOL',
  },
  { name: 'answers with zeros', serve: reply(Buffer.alloc(64)), code: 'PROTOCOL' },
  { name: 'is an HTTP server', serve: reply('HTTP/1.1 400 Bad Request\r\n\r\n'), code: 'PROTOCOL' },
  { name: 'is an SSH server', serve: (socket) => socket.write('SSH-2.0-OpenSSH_9.2\r\n'), code: 'PROTOCOL' },
  { name: 'sends a TLS alert', serve: reply(Buffer.from('15030300020228', 'hex')), code: 'UNREACHABLE' },
  { name: 'sends a TLS hello', serve: reply(Buffer.from('160303007a0200', 'hex')), code: 'UNREACHABLE' },
  {
    name: 'speaks framed Thrift',
    serve: reply(Buffer.concat([Buffer.from('000000b1', 'hex'), LIST_REPLY])),
    code: 'PROTOCOL',
  },
  {
    name: 'speaks the old Thrift without a version',
    serve: reply(Buffer.from('0000000b6c697374416c6c5461736b', 'hex')),
    code: 'PROTOCOL',
  },
  {
    name: 'declares a string of 2 GiB',
    serve: reply(listReply('0f0000 0d00000001 0b0b00000001 7fffffff')),
    code: 'PROTOCOL',
  },
  {
    name: 'declares a negative string',
    serve: reply(listReply('0f0000 0d00000001 0b0b00000001 ffffffff')),
    code: 'PROTOCOL',
  },
  { name: 'declares a list of 2 billion', serve: reply(listReply('0f0000 0d7fffffff')), code: 'PROTOCOL' },
  { name: 'declares a negative list', serve: reply(listReply('0f0000 0dffffffff 00')), code: 'PROTOCOL' },
  {
    name: 'declares a negative map',
    serve: reply(listReply('0f0000 0d00000001 0b0bffffffff 00')),
    code: 'PROTOCOL',
  },
  {
    name: 'declares a name of 1 GiB',
    serve: reply(Buffer.from('8001000240000000', 'hex')),
    code: 'PROTOCOL',
  },
  {
    name: 'nests lists a thousand deep',
    serve: reply(listReply(`0f0000 ${'0f00000001'.repeat(1000)}`)),
    code: 'PROTOCOL',
  },
  { name: 'uses a type that does not exist', serve: reply(listReply('070000 00')), code: 'PROTOCOL' },
  {
    name: 'answers another method',
    serve: reply(listReply('00', { name: 'getTaskInfo' })),
    code: 'PROTOCOL',
  },
  { name: 'answers with a request', serve: reply(listReply('00', { type: 1 })), code: 'PROTOCOL' },
  { name: 'answers with another sequence id', serve: reply(listReply('00', { seqid: 7 })), code: 'PROTOCOL' },
  {
    name: 'answers with a string instead of a list',
    serve: reply(listReply('0b0000 00000002 6869 00')),
    code: 'PROTOCOL',
  },
  {
    name: 'answers with a list of numbers',
    serve: reply(listReply('0f0000 0800000002 00000001 00000002 00')),
    code: 'PROTOCOL',
  },
  { name: 'answers with an empty result', serve: reply(listReply('00')), code: 'PROTOCOL' },
  {
    name: 'sends a task without a name',
    serve: reply(listReply('0f0000 0d00000001 0b0b00000000 00')),
    code: 'PROTOCOL',
  },
  {
    name: 'fails internally every time',
    serve: (socket) => {
      let seqid = 1;
      socket.on('data', () =>
        socket.write(encodeException('listAllTask', seqid++, 6, 'Internal error processing listAllTask')),
      );
    },
    code: 'REFUSED',
  },
  {
    name: 'does not know the method',
    serve: reply(encodeException('listAllTask', 1, 1, 'Invalid method name')),
    code: 'PROTOCOL',
  },
  { name: 'throws without a message', serve: reply(listReply('00', { type: 3 })), code: 'REFUSED' },
];
