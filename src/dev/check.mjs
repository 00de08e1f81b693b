// npm run check: the six checks at once, each with what it says kept together and in the same order.
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const CHECKS = ['check:types', 'check:lint', 'check:format', 'check:dead', 'check:idl', 'check:pod-types'];

/** Runs a script of package.json to its end. */
async function run(script) {
  const begun = performance.now();
  const child = spawn('npm', ['run', '--silent', script], { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
  const said = [];
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => said.push(chunk));
  const ok = await new Promise((resolve) => {
    child.once('error', (error) => {
      said.push(`${error.message}\n`);
      resolve(false);
    });
    child.once('close', (code) => resolve(code === 0));
  });
  return { ok, said: Buffer.concat(said.map(Buffer.from)), seconds: (performance.now() - begun) / 1000 };
}

const runs = CHECKS.map((script) => [script, run(script)]);
for (const [script, running] of runs) {
  const { ok, said, seconds } = await running;
  console.log(`${ok ? 'ok    ' : 'FAILED'} ${script} (${seconds.toFixed(1)} s)`);
  process.stdout.write(said);
  if (!ok) process.exitCode = 1;
}
