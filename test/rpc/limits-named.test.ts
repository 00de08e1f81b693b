import { describe, expect, it, onTestFinished } from 'vitest';
import { createMasterClient } from '../../src/rpc/connect.ts';
import { DEFAULT_LIMITS, type MessageLimits, SERVER_LIMITS } from '../../src/rpc/limits.ts';
import { handlersWithTasks, manyTasks } from '../helpers/master-handlers.ts';
import { startTestServer } from '../helpers/master-server.ts';
import { clientOptions } from '../helpers/peer.ts';

describe('a limit that was hit is named with the option that raises it', () => {
  it.each([
    ['maxMessageBytes', 1_000, '--max-reply-bytes'],
    ['maxStringBytes', 10, '--max-string-bytes'],
    ['maxContainerSize', 50, '--max-container-size'],
    ['maxDepth', 2, '--max-depth'],
  ] as const)('by the client: %s', async (limit, value, option) => {
    const server = await startTestServer(handlersWithTasks(manyTasks(60)));
    const limits: MessageLimits = { ...DEFAULT_LIMITS, [limit]: value };
    const client = createMasterClient(clientOptions(server.port, { limits }));
    onTestFinished(() => {
      client.close();
      return server.close(0);
    });
    await expect(client.listTasks()).rejects.toMatchObject({
      code: 'PROTOCOL',
      message: expect.stringMatching(
        /^the answer of clic-master at 127\.0\.0\.1:\d+ is too large: /,
      ) as string,
      hint: `${option} raises the limit`,
    });
  });

  it.each([
    ['maxMessageBytes', 200, '--max-request-bytes'],
    ['maxStringBytes', 200, '--max-string-bytes'],
  ] as const)('by the server, in its log and in its answer: %s', async (limit, value, option) => {
    const troubles: string[] = [];
    const server = await startTestServer(handlersWithTasks([]), {
      limits: { ...SERVER_LIMITS, [limit]: value },
      onLimit: (message) => troubles.push(message),
    });
    const client = createMasterClient(clientOptions(server.port));
    onTestFinished(() => {
      client.close();
      return server.close(0);
    });
    await expect(client.task('x'.repeat(1_000_000))).rejects.toMatchObject({
      code: 'REFUSED',
      message: expect.stringContaining(`(${option} of clic-master)`) as string,
    });
    expect(troubles).toEqual([`a request is over a limit, which ${option} raises`]);
  });
});
