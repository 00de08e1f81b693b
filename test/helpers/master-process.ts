import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { NODE } from './clic-process.ts';

const BIN = fileURLToPath(new URL('../../bin/clic-master', import.meta.url));

/** A clic-master of its own process on a free port, as a user starts it. */
export interface MasterProcess {
  readonly port: number;
  readonly stateDir: string;
  readonly child: ChildProcess;
  /** What it has logged. */
  log(): string;
  /** Ends it without a chance to clean up, and resolves when it is gone. */
  kill(): Promise<void>;
  /** SIGTERM; resolves to its exit status. */
  stop(): Promise<number | null>;
  /** Stops it, and removes its state. */
  close(): Promise<void>;
}

export async function startMasterProcess(
  options: { stateDir?: string; args?: readonly string[]; env?: NodeJS.ProcessEnv } = {},
): Promise<MasterProcess> {
  const stateDir = options.stateDir ?? mkdtempSync(path.join(tmpdir(), 'clic-master-test-'));
  const args = [
    BIN,
    '--port',
    '0',
    '--state-dir',
    stateDir,
    '--retry-delay',
    '10ms',
    '--stop-grace',
    '500ms',
    ...(options.args ?? []),
  ];
  const child = spawn(NODE, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: options.env ?? process.env,
  });
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
  let log = '';
  child.stderr.on('data', (chunk: Buffer) => {
    log += chunk.toString();
  });
  const line = await new Promise<string>((resolve, reject) => {
    child.stdout.once('data', (chunk: Buffer) => resolve(chunk.toString()));
    void ended.then((code) => reject(new Error(`clic-master ended with ${String(code)}: ${log}`)));
  });
  const port = Number(/:(\d+)\s*$/.exec(line)?.[1]);
  const stop = async (): Promise<number | null> => {
    child.kill('SIGTERM');
    return ended;
  };
  return {
    port,
    stateDir,
    child,
    log: () => log,
    stop,
    async kill() {
      child.kill('SIGKILL');
      await ended;
    },
    async close() {
      await stop();
      rmSync(stateDir, { recursive: true, force: true });
    },
  };
}
