import { build } from 'esbuild';
import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';

const modules = fileURLToPath(new URL('../../../node_modules', import.meta.url));

/** Makes a script one file that Node runs as it is; answers its path. */
export async function bundleScript(script: URL, into: string): Promise<string> {
  const outfile = join(into, 'script.cjs');
  await build({
    entryPoints: [fileURLToPath(script)],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    external: ['classic-level'],
    // What is looked for beside the bundles is in dist/.
    define: { 'import.meta.url': JSON.stringify(new URL('../../../dist/script.cjs', import.meta.url).href) },
    logLevel: 'warning',
  });
  return outfile;
}

/** Runs a bundled script, and kills it when the test ends. */
export function runScript(
  path: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): ChildProcessByStdio<null, Readable, null> {
  const child = spawn(process.execPath, [path, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, ...env, NODE_PATH: modules },
  });
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  return child;
}
