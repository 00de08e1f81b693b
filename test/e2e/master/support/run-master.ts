import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { NODE, type Finished } from '../../../helpers/clic-process.ts';

export const MASTER = fileURLToPath(new URL('../../../../bin/clic-master', import.meta.url));

/** Longer than a start that fails may take; a master that listens after all is killed then. */
const LIMIT_MS = 20_000;

/** Runs `clic-master` to its end. */
export async function runMaster(args: readonly string[], env = process.env): Promise<Finished> {
  const begun = performance.now();
  const child = spawn(NODE, [MASTER, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const limit = setTimeout(() => child.kill('SIGKILL'), LIMIT_MS);
  const [exitCode, signal] = await new Promise<[number | null, NodeJS.Signals | null]>((resolve) =>
    child.once('close', (...how) => resolve(how)),
  );
  clearTimeout(limit);
  return { exitCode, signal, stdout, stderr, seconds: (performance.now() - begun) / 1000 };
}
