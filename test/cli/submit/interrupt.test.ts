import { spawn, type ChildProcess } from 'node:child_process';
import { describe, expect, it, onTestFinished } from 'vitest';
import { CLIC, NODE, clicEnv } from '../../helpers/clic-process.ts';
import { handlersWithTasks } from '../../helpers/master-handlers.ts';
import { startTestServer } from '../../helpers/master-server.ts';
import { startPeer } from '../../helpers/peer.ts';
import { startProxy } from '../../helpers/proxy.ts';

/** Far below the 30 s that a call may take. */
const AT_ONCE_MS = 10_000;

interface Interrupted {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly ms: number;
}

function submit(port: number): { child: ChildProcess; ended: Promise<Interrupted> } {
  const child = spawn(NODE, [CLIC, 'submit', 'wordcount', '/plan.yaml', '--no-lint'], {
    env: clicEnv({ port }),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  const begun = performance.now();
  const ended = new Promise<Interrupted>((resolve) =>
    child.once('close', (exitCode: number | null) =>
      resolve({ exitCode, stdout, stderr, ms: performance.now() - begun }),
    ),
  );
  return { child, ended };
}

describe.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const)('clic submit, told to stop by %s', (signal, status) => {
  const told = async (ended: Promise<Interrupted>): Promise<string> => {
    const { exitCode, stdout, stderr, ms } = await ended;
    expect({ exitCode, stdout }).toEqual({ exitCode: status, stdout: '' });
    expect(ms).toBeLessThan(AT_ONCE_MS);
    return stderr;
  };

  it('before anything was submitted, leaves without a word of it', async () => {
    const peer = await startPeer((socket) => socket.once('data', () => child.kill(signal)));
    onTestFinished(() => peer.close());
    const { child, ended } = submit(peer.port);
    expect(await told(ended)).toBe('clic: interrupted\n');
  });

  it('while the master has the plan, says that it may be stored, and how to find out', async () => {
    const server = await startTestServer({
      ...handlersWithTasks([]),
      submitPlan: () => {
        child.kill(signal);
        return new Promise(() => undefined);
      },
    });
    onTestFinished(() => server.close(0));
    const { child, ended } = submit(server.port);
    const stderr = await told(ended);
    expect(stderr).toContain('wordcount may have been stored');
    expect(stderr).toContain('clic list');
  });

  it('after a lost answer, does not say that the plan is stored', async () => {
    let lists = 0;
    const server = await startTestServer({
      ...handlersWithTasks([]),
      listTasks: () => {
        lists += 1;
        if (lists === 3) child.kill(signal);
        return [];
      },
      submitPlan: () => {
        proxy.cut();
        return new Promise(() => undefined);
      },
    });
    const proxy = await startProxy(server.port);
    onTestFinished(async () => {
      await proxy.close();
      await server.close(0);
    });
    const { child, ended } = submit(proxy.port);
    expect(await told(ended)).toContain('wordcount may have been stored');
  });

  it('while the task is looked for, says that the plan was submitted', async () => {
    let lists = 0;
    const server = await startTestServer({
      ...handlersWithTasks([]),
      listTasks: () => {
        lists += 1;
        if (lists === 3) child.kill(signal);
        return [];
      },
      submitPlan: () => Promise.resolve(),
    });
    onTestFinished(() => server.close(0));
    const { child, ended } = submit(server.port);
    const stderr = await told(ended);
    expect(stderr).toContain('wordcount was submitted');
    expect(stderr).toContain('would run it twice');
  });
});
