// npm run demo: a clic-master on a free port, one plan from submission to result, and everything cleaned up.
// It runs the two programs as a user would, and exits with 0 only when all of it worked.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const plan = relative(process.cwd(), join(root, 'examples/wordcount/plan.yaml'));
const home = mkdtempSync(join(tmpdir(), 'clic-demo-'));
const LIMIT_MS = 120_000;

const master = spawn(process.execPath, [join(root, 'bin/clic-master'), '--port', '0', '--state-dir', home], {
  stdio: ['ignore', 'pipe', 'inherit'],
});
const ended = new Promise((resolve) => master.once('exit', resolve));
const limit = setTimeout(() => fail(`the demo took longer than ${LIMIT_MS / 1000} s`), LIMIT_MS);
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => fail(`stopped by ${signal}`));

try {
  const port = await listeningPort();
  console.log(`A clic-master runs on 127.0.0.1:${port}.`);
  const clic = (args, options) => run(['--master-port', port, ...args], args, options);
  const task = (await clic(['-submit', 'wordcount', plan, '--wait', '-o', 'name'])).trim();
  await clic(['-list_task']);
  await clic(['-task_stage', task]);
  const stages = (await clic(['stages', task, '-o', 'name'])).trim().split('\n');
  await clic(['-stage_result', stages.at(-1), '8']);
} catch (error) {
  fail(error.message);
} finally {
  clearTimeout(limit);
  master.kill('SIGTERM');
  await ended;
  rmSync(home, { recursive: true, force: true });
}

/** The port that the master prints when it is ready. */
async function listeningPort() {
  const line = await new Promise((resolve, reject) => {
    let text = '';
    master.stdout.on('data', (chunk) => {
      text += chunk;
      if (text.includes('\n')) resolve(text);
    });
    ended.then((code) => reject(new Error(`clic-master ended with ${code} before it was ready`)));
  });
  return /:(\d+)\s*$/.exec(line)[1];
}

/** Shows a command, runs it with the streams of this process, and returns what it printed. */
async function run(args, shown) {
  console.log(`\n$ clic ${shown.join(' ')}`);
  const child = spawn(process.execPath, [join(root, 'bin/clic'), ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.on('data', (chunk) => {
    output += chunk;
    process.stdout.write(chunk);
  });
  const code = await new Promise((resolve) => child.once('close', resolve));
  if (code !== 0) throw new Error(`clic ${shown[0]} ended with ${code}`);
  return output;
}

function fail(message) {
  console.error(`demo: ${message}`);
  process.exitCode = 1;
  master.kill('SIGTERM');
}
