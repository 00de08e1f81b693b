import { describe, expect, it } from 'vitest';
import { parseMasterOptions, type MasterOptions } from '../../src/master/options.ts';
import { CONNECTION_LIMITS, SERVER_LIMITS } from '../../src/rpc/server.ts';

async function limits(
  argv: readonly string[],
  env: NodeJS.ProcessEnv = {},
): Promise<MasterOptions['limits']> {
  const options = await parseMasterOptions(argv, env);
  if ('print' in options) throw new Error(options.print);
  return options.limits;
}

describe('the limits of a master', () => {
  it('are those of its server when nothing else is said', async () => {
    expect(await limits([])).toEqual({
      messages: SERVER_LIMITS,
      connections: CONNECTION_LIMITS,
      submissions: { sessions: 10_000, tasks: 10_000 },
      maxPlanBytes: 4 * 1024 * 1024,
    });
  });

  it('can all be set by flags', async () => {
    const flags = [
      ...['--max-plan-bytes', '1', '--max-connections', '2', '--request-timeout', '3s'],
      ...['--idle-timeout', '4m', '--write-timeout', '5ms', '--max-request-bytes', '6MiB'],
      ...['--max-string-bytes', '7', '--max-container-size', '8', '--max-depth', '9'],
      ...['--max-noted-tasks', '10', '--max-noted-sessions', '11'],
    ];
    expect(await limits(flags)).toEqual({
      messages: { maxMessageBytes: 6 * 1024 * 1024, maxStringBytes: 7, maxContainerSize: 8, maxDepth: 9 },
      connections: {
        maxConnections: 2,
        requestTimeoutMs: 3_000,
        idleTimeoutMs: 240_000,
        writeTimeoutMs: 5,
      },
      submissions: { sessions: 11, tasks: 10 },
      maxPlanBytes: 1,
    });
  });

  it('can be set by variables, which flags go before; the last of a flag counts', async () => {
    const env = {
      CLIC_MASTER_MAX_CONNECTIONS: '5',
      CLIC_MASTER_IDLE_TIMEOUT: '1h',
      CLIC_MASTER_MAX_DEPTH: '',
    };
    expect(await limits([], env)).toMatchObject({
      connections: { maxConnections: 5, idleTimeoutMs: 3_600_000 },
      messages: { maxDepth: 16 },
    });
    expect(await limits(['--max-connections', '6', '--max-connections', '7'], env)).toMatchObject({
      connections: { maxConnections: 7 },
    });
  });

  it('are refused by the name of the flag or variable that is wrong', async () => {
    await expect(limits(['--max-plan-bytes', 'much'])).rejects.toMatchObject({
      code: 'USAGE',
      message: expect.stringMatching(/^--max-plan-bytes "much": expected a size/) as string,
    });
    await expect(limits([], { CLIC_MASTER_REQUEST_TIMEOUT: '0' })).rejects.toMatchObject({
      code: 'CONFIG',
      message: expect.stringMatching(/^CLIC_MASTER_REQUEST_TIMEOUT "0": expected a time/) as string,
    });
  });
});
