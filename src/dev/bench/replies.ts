import net from 'node:net';
import { taskMap } from '../../master/front/maps.ts';
import type { TaskDetailView } from '../../master/service/interfaces.ts';
import { answer } from '../../rpc/dispatch.ts';
import { MessageScanner } from '../../rpc/message-scanner.ts';
import { SERVER_LIMITS } from '../../rpc/limits.ts';
import type { Services } from '../../rpc/services.ts';

export function makeTasks(count: number): TaskDetailView[] {
  const submitTime = Date.UTC(2026, 10, 23, 6, 24, 7);
  return Array.from({ length: count }, (_, n) => {
    const suffix = n
      .toString(26)
      .padStart(8, '0')
      .replace(/\d/g, (digit) => String.fromCharCode(113 + Number(digit)));
    return {
      name: `wordcount-${suffix}`,
      planName: 'wordcount',
      submitTime: submitTime + n * 1000,
      startTime: submitTime + n * 1000 + 6_000,
      completeTime: submitTime + n * 1000 + 9_000,
      status: 'COMPLETED',
      stageIds: [],
      failure: null,
      submittedHere: false,
    };
  });
}

/** Serves a list of tasks that was encoded once, so that only the client's work is measured. */
export async function serveList(
  tasks: readonly TaskDetailView[],
): Promise<{ port: number; bytes: number; close(): void }> {
  const services = { TaskService: { listAllTask: () => tasks.map(taskMap) } } as unknown as Services;
  let encoded: Buffer | null = null;
  const server = net.createServer((socket) => {
    const scanner = new MessageScanner(SERVER_LIMITS);
    socket.on('error', () => socket.destroy());
    socket.on('data', (chunk: Buffer) => {
      scanner.push(chunk);
      const request = scanner.next();
      if (request === null) return;
      void (async () => {
        encoded ??= (await answer(request, services, { id: 1 })).bytes;
        socket.write(encoded);
      })();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  const request = Buffer.from(
    '80010001000000175461736b536572766963653a6c697374416c6c5461736b0000000100',
    'hex',
  );
  const scanner = new MessageScanner(SERVER_LIMITS);
  scanner.push(request);
  const message = scanner.next();
  if (message === null) throw new Error('the request is not whole');
  encoded = (await answer(message, services, { id: 1 })).bytes;
  return { port: address.port, bytes: encoded.length, close: () => server.close() };
}
