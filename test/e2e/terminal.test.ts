import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeTasks, serveList } from '../../src/dev/bench/replies.ts';
import { CLIC, NODE, clic, clicEnv } from '../helpers/clic-process.ts';
import { describeWith, works } from '../helpers/needs.ts';
import { startMasterProcess, type MasterProcess } from '../helpers/master-process.ts';

const PLAN = `
spec:
  templates:
    - name: main
      dag:
        tasks:
          - { name: slow, template: sh-slow, arguments: { parameters: [{ value: 'while [ ! -e go ]; do sleep 0.05; done' }] } }
    - name: sh-slow
      inputs: { parameters: [{ name: c }] }
      container: { image: none, command: [/bin/sh, -c], args: ['{{inputs.parameters.c}}'] }
`;

let master: MasterProcess;
let folder: string;
let plan: string;
beforeAll(async () => {
  master = await startMasterProcess();
  folder = mkdtempSync(path.join(tmpdir(), 'clic-terminal-'));
  plan = path.join(folder, 'plan.yaml');
  writeFileSync(plan, PLAN);
});
afterAll(async () => {
  await master.close();
  rmSync(folder, { recursive: true });
});

async function submitSlow(): Promise<string> {
  const { stdout } = await clic(['submit', 'slow', plan, '-o', 'name'], { port: master.port });
  return stdout.trim();
}

/** Lets the only stage of the task end. */
function letGo(task: string): void {
  const workDir = path.join(master.stateDir, 'work', task);
  // Its stage may not have been started yet.
  mkdirSync(workDir, { recursive: true });
  writeFileSync(path.join(workDir, 'go'), '');
}

describe('clic in a pipe', () => {
  it('delivers far more than a pipe holds, whole', async () => {
    const server = await serveList(makeTasks(5_000));
    const { stdout, exitCode } = await clic(['-list_task'], { port: server.port });
    server.close();
    expect(exitCode).toBe(0);
    expect(stdout.length).toBeGreaterThan(64 * 1024);
    expect(stdout.trimEnd().split('\n')).toHaveLength(5_000 + 4);
    expect(stdout.endsWith('+\n')).toBe(true);
  });

  it('takes a reader that goes away for success', async () => {
    const server = await serveList(makeTasks(5_000));
    const script = '{ "$0" "$@"; echo "exit $?" >&2; } | head -n 3';
    const child = spawn('/bin/sh', ['-c', script, NODE, CLIC, '-list_task'], {
      env: clicEnv({ port: server.port }),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
    await new Promise((closed) => child.once('close', closed));
    server.close();
    expect(stdout.split('\n')).toHaveLength(4);
    expect(stderr).toBe('exit 0\n');
  });

  it('has no color and no cursor codes', async () => {
    const task = await submitSlow();
    const waiting = clic(['wait', task], { port: master.port });
    letGo(task);
    const { stdout, stderr, exitCode } = await waiting;
    expect(exitCode).toBe(0);
    expect(stdout + stderr).not.toContain('\x1b');
    expect(stdout).toContain('COMPLETED');
    expect(stderr).toMatch(/^\d\d:\d\d:\d\d task {2}slow-[a-z]{8} COMPLETED/m);
  });
});

describe('clic and signals', () => {
  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)(
    'leaves with its exit code on %s, and says how to come back to the task',
    async (signal, exitCode) => {
      const task = await submitSlow();
      const child = spawn(NODE, [CLIC, 'wait', task], {
        env: clicEnv({ port: master.port }),
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      let stderr = '';
      let signalled = false;
      child.stderr.on('data', (chunk: Buffer) => {
        stderr += chunk.toString();
        // It follows the task from here on. A second signal would end it at once.
        if (stderr.includes('RUNNING') && !signalled) signalled = child.kill(signal);
      });
      const code = await new Promise((closed) => child.once('close', closed));
      letGo(task);
      expect(code).toBe(exitCode);
      expect(stderr).toContain(`the task ${task} goes on`);
      expect(stderr).toContain(`clic wait ${task}`);
    },
  );

  it('stops waiting at the timeout with 124, and says what is known', async () => {
    const task = await submitSlow();
    const { exitCode, stderr } = await clic(['wait', task, '--timeout', '500ms'], { port: master.port });
    letGo(task);
    expect(exitCode).toBe(124);
    expect(stderr).toContain('0 of 1 stages are completed');
  });
});

/** util-linux's `script` gives a command a terminal. */
const missing = works('script', '--version') ? null : 'script (util-linux, bsdutils)';

describeWith(missing, 'clic on a terminal', () => {
  it('draws a live view, in place, and leaves its last state', async () => {
    const task = await submitSlow();
    const command = `'${NODE}' '${CLIC}' watch ${task}`;
    const child = spawn('script', ['-qec', command, '/dev/null'], {
      env: { ...clicEnv({ port: master.port }), TERM: 'xterm-256color' },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let screen = '';
    child.stdout.on('data', (chunk: Buffer) => {
      screen += chunk.toString();
      if (screen.includes('RUNNING')) letGo(task);
    });
    const code = await new Promise((closed) => child.once('close', closed));
    expect(code).toBe(0);
    expect(screen).toContain('\x1b[2A');
    // What is cleared below the top row goes into the scrollback of some terminals.
    expect(screen).not.toMatch(/\x1b\[\d*J/);
    const last = screen.slice(screen.lastIndexOf('\x1b[2A'));
    expect(last).toContain('COMPLETED');
    expect(last).toContain('1/1 stages');
    expect(last).toContain('\x1b[32m');
  });
});
