import net from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PlanInvalidError } from '../../src/model/diagnostic.ts';
import { RefusedError } from '../../src/model/errors.ts';
import { createMasterClient } from '../../src/rpc/connect.ts';
import type { MasterHandlers } from '../helpers/master-handlers.ts';
import type { MasterServer } from '../../src/rpc/server.ts';
import { exchange, startTestServer } from '../helpers/master-server.ts';
import { clientOptions } from '../helpers/peer.ts';
import { recording } from '../helpers/wire.ts';

const LIST = Buffer.from(recording('list-new').exchanges[0]!.request, 'hex');

/** A call whose name is `name`, with an empty argument struct unless `body` (hex) says otherwise. */
function call(name: string, body = '00', type = 1): Buffer {
  const head = Buffer.alloc(8 + Buffer.byteLength(name) + 4);
  head.writeUInt32BE((0x80010000 | type) >>> 0, 0);
  head.writeInt32BE(Buffer.byteLength(name), 4);
  head.write(name, 8);
  head.writeInt32BE(9, head.length - 4);
  return Buffer.concat([head, Buffer.from(body.replaceAll(' ', ''), 'hex')]);
}

const NOT_AN_ERROR = null as unknown as Error;

const handlers: MasterHandlers = {
  submitPlan: (name) =>
    name === 'bad'
      ? Promise.reject(new PlanInvalidError('plan.yaml:1:1: error: it is bad'))
      : Promise.reject(
          name === 'big'
            ? new RefusedError('no plan is taken now', { hint: 'make room on the disk' })
            : new Error('disk full'),
        ),
  listTasks: () => [],
  task: () => null,
  stage: () => null,
  stageIds: () => [],
  suspendStage: () => Promise.reject(NOT_AN_ERROR),
  continueStage: () => Promise.resolve('yes' as unknown as boolean),
  resultPath: () => 42 as unknown as string,
  stageStarted: () => Promise.reject(new TypeError('a bug')),
  dataPrepared: () => Promise.resolve(),
  stageCompleted: () => Promise.resolve(),
};

let server: MasterServer;
const limits = { maxConnections: 50, requestTimeoutMs: 300, idleTimeoutMs: 1_000, writeTimeoutMs: 500 };
beforeAll(async () => {
  server = await startTestServer(handlers, { connections: limits });
});
afterAll(() => server.close());

async function goodClientIsServed(): Promise<void> {
  const client = createMasterClient(clientOptions(server.port));
  try {
    expect(await client.listTasks()).toEqual([]);
  } finally {
    client.close();
  }
}

/** Sends the bytes, and resolves with what came back when the server has ended the connection. */
async function untilClosed(bytes: Buffer): Promise<Buffer> {
  const socket = net.connect({ host: '127.0.0.1', port: server.port });
  const chunks: Buffer[] = [];
  socket.on('data', (chunk: Buffer) => chunks.push(chunk));
  socket.on('error', () => undefined);
  socket.write(bytes);
  await new Promise((closed) => socket.once('close', closed));
  return Buffer.concat(chunks);
}

describe('the server, against clients that misbehave', () => {
  it.each([
    ['garbage', Buffer.from('0badc0de'.repeat(16), 'hex')],
    ['HTTP', Buffer.from('GET / HTTP/1.1\r\nHost: x\r\n\r\n')],
    ['framed Thrift', Buffer.concat([Buffer.of(0, 0, 0, LIST.length), LIST])],
    ['a negative string', call('TaskService:getTaskInfo', '0b0001 ffffffff')],
    ['a type that does not exist', call('TaskService:listAllTask', '63000100')],
    ['an endless name', Buffer.from('8001000140000000', 'hex')],
    ['half a request and then silence', LIST.subarray(0, 20)],
    ['nothing', Buffer.alloc(0)],
  ])('cuts off a client that sends %s, and serves others', async (_, bytes) => {
    const ended = untilClosed(bytes);
    await goodClientIsServed();
    expect(await ended).toEqual(Buffer.alloc(0));
    await goodClientIsServed();
  });

  it.each([
    ['a string of 2 GiB', call('TaskService:getTaskInfo', '0b0001 7fffffff'), '--max-string-bytes'],
    [
      'a map of a billion',
      call('SchedulerService:postStageStarted', '0d0002 0b0b 3b9aca00'),
      '--max-container-size',
    ],
    ['a deep nest', call('TaskService:listAllTask', '0c0001'.repeat(200)), '--max-depth'],
  ])(
    'tells a client that sends %s of the limit, cuts it off, and serves others',
    async (_, bytes, option) => {
      const ended = untilClosed(bytes);
      await goodClientIsServed();
      const answer = await ended;
      expect(answer.readUInt32BE(0)).toBe(0x80010003);
      expect(answer.toString()).toContain(`(${option} of clic-master)`);
      expect(answer.readInt32BE(answer.length - 5)).toBe(7);
      await goodClientIsServed();
    },
  );

  it('answers a TLS hello with what is no TLS, cuts the client off, and serves others', async () => {
    const answer = await untilClosed(Buffer.from('16030100c8010000c40303', 'hex'));
    expect(answer.toString()).toBe('this port does not speak TLS\n');
    await goodClientIsServed();
  });

  it.each([
    ['an unknown service', call('NoService:listAllTask'), 1],
    ['an unknown method', call('TaskService:dropEverything'), 1],
    ['a call that is not multiplexed', call('listAllTask'), 1],
    ['constructor as the service', call('constructor:listAllTask'), 1],
    ['__proto__ as the service', call('__proto__:toString'), 1],
    ['constructor as the method', call('TaskService:constructor'), 1],
    ['toString as the method', call('TaskService:toString'), 1],
    ['an empty name', call(''), 1],
    ['a reply', call('TaskService:listAllTask', '00', 2), 2],
    ['a call without its argument', call('TaskService:getTaskInfo'), 7],
    ['an argument of the wrong type', call('TaskService:getTaskInfo', '080001 00000001 00'), 7],
    [
      'a map of numbers for a map of strings',
      call(
        'SchedulerService:postStageStarted',
        '0b0001 00000001 61 0d0002 0808 00000001 00000001 00000002 00',
      ),
      7,
    ],
    [
      'a request whose handler fails',
      call('TaskService:submitPlan', '0b0001 00000001 61 0b0002 00000001 62 00'),
      6,
    ],
    [
      'a request whose handler rejects with null',
      call('TaskService:suspendStage', '0b0001 00000001 61 00'),
      6,
    ],
    [
      'a request whose result has the wrong type',
      call('TaskService:getStageResult', '0b0001 00000001 61 00'),
      6,
    ],
    [
      'a report whose handler has a bug',
      call('SchedulerService:postStageStarted', '0b0001 00000001 61 0d0002 0b0b 00000000 00'),
      6,
    ],
  ])('answers %s with an exception, and the next request on the connection', async (_, bytes, type) => {
    const [first, second] = await exchange(server.port, [bytes, LIST]);
    expect(first!.readUInt32BE(0)).toBe(0x80010003);
    // The struct ends with the field `type`: its header, its value, STOP.
    expect(first!.subarray(-8, -5).toString('hex')).toBe('080002');
    expect(first!.readInt32BE(first!.length - 5)).toBe(type);
    expect(second!.readUInt32BE(0)).toBe(0x80010002);
  });

  it('refuses with reason in its own words, with what to do next, which clients get as such', async () => {
    const client = createMasterClient(clientOptions(server.port));
    await expect(client.submitPlan('big', '/plan.yaml')).rejects.toMatchObject({
      code: 'REFUSED',
      message: 'no plan is taken now',
      hint: 'make room on the disk',
    });
    client.close();
    const [reply] = await exchange(server.port, [
      call('TaskService:submitPlan', '0b0001 00000003 626967 0b0002 00000001 61 00'),
    ]);
    // A client that knows nothing of the type shows the text.
    expect(reply!.toString()).toContain('no plan is taken now\nmake room on the disk');
    expect(reply!.readInt32BE(reply!.length - 5)).toBe(9);
  });

  it('refuses an invalid plan with its diagnosis, which clients get as such', async () => {
    const client = createMasterClient(clientOptions(server.port));
    await expect(client.submitPlan('bad', '/plan.yaml')).rejects.toMatchObject({
      code: 'PLAN_INVALID',
      message: 'plan.yaml:1:1: error: it is bad',
    });
    client.close();
  });

  it('answers a client that half-closes after its request', async () => {
    const socket = net.connect({ host: '127.0.0.1', port: server.port });
    socket.end(LIST);
    const chunks: Buffer[] = [];
    for await (const chunk of socket) chunks.push(chunk as Buffer);
    expect(Buffer.concat(chunks).readUInt32BE(0)).toBe(0x80010002);
  });

  it('serves others while hundreds of idle connections are held open', async () => {
    const sockets = Array.from({ length: 200 }, () => net.connect({ host: '127.0.0.1', port: server.port }));
    const ended = sockets.map(
      (socket) => new Promise((closed) => socket.on('error', () => undefined).on('close', closed)),
    );
    await goodClientIsServed();
    await Promise.all(ended);
    await goodClientIsServed();
  });

  it('cuts off a client that asks and never reads, and serves others', async () => {
    let cutOff: () => void = () => undefined;
    const closed = new Promise<void>((resolve) => {
      cutOff = resolve;
    });
    const big = await startTestServer(
      {
        ...handlers,
        stageIds: () => Array.from({ length: 200_000 }, (_, n) => `stage-with-a-long-name-${n}`),
      },
      // What waits while the long answers are written is not idle by its own doing.
      {
        connections: { ...limits, idleTimeoutMs: 30_000 },
        onSessionClosed: (session) => (session === 1 ? cutOff() : undefined),
      },
    );
    const socket = net.connect({ host: '127.0.0.1', port: big.port });
    socket.on('error', () => undefined);
    await new Promise((connected) => socket.once('connect', connected));
    socket.pause();
    const ask = call('TaskService:getStageIdOfTask', '0b0001 00000001 61 00');
    socket.write(Buffer.concat(Array.from({ length: 20 }, () => ask)));
    const client = createMasterClient(clientOptions(big.port));
    expect(await client.listTasks()).toEqual([]);
    client.close();
    await closed;
    socket.destroy();
    await big.close();
  });
});
