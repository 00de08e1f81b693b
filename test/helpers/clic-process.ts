import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** The Node that the programs run on: this one, or the one that CLIC_TEST_NODE names. */
export const NODE = process.env['CLIC_TEST_NODE'] ?? process.execPath;
export const CLIC = fileURLToPath(new URL('../../bin/clic', import.meta.url));

export interface Finished {
  readonly exitCode: number | null;
  readonly signal: string | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly seconds: number;
}

export interface RunOptions {
  readonly port?: number;
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Killed, and seen as a failure, when it takes longer. */
  readonly limitMs?: number;
}

/** The environment of a run: nothing of the tester's own configuration. */
export function clicEnv({ port, env }: RunOptions): NodeJS.ProcessEnv {
  return {
    PATH: process.env['PATH'],
    HOME: '/nonexistent',
    TZ: 'UTC',
    CLIC_MASTER_HOST: '127.0.0.1',
    ...(port === undefined ? {} : { CLIC_MASTER_PORT: String(port) }),
    ...env,
  };
}

/** Runs `clic` with its output in pipes, to its end. */
export async function clic(args: readonly string[], options: RunOptions = {}): Promise<Finished> {
  const begun = performance.now();
  const child = spawn(NODE, [CLIC, ...args], {
    cwd: options.cwd,
    env: clicEnv(options),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const limit = setTimeout(() => child.kill('SIGKILL'), options.limitMs ?? 20_000);
  const [exitCode, signal] = await new Promise<[number | null, NodeJS.Signals | null]>((resolve) =>
    child.once('close', (...how) => resolve(how)),
  );
  clearTimeout(limit);
  return { exitCode, signal, stdout, stderr, seconds: (performance.now() - begun) / 1000 };
}
