import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { CLIC, NODE, clicEnv } from '../../helpers/clic-process.ts';
import { describeWith, works } from '../../helpers/needs.ts';

const SOON = { timeout: 10_000 };

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'clic-jar-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  writeFileSync(path.join(folder, 'plan.jar'), '');
});

/** Has `java` run a script, in which `go` writes down a signal and takes its time to leave by it. */
function java(script: string): Record<string, string> {
  mkdirSync(path.join(folder, 'bin'));
  const lines = [
    '#!/bin/sh',
    'left=400',
    'go() { echo "$1" >> signals; status=$2; left=5; }',
    script,
    'echo $$ > ready',
    // A signal may end the sleep: the round counts all the same.
    'while [ $left -gt 0 ]; do sleep 0.05; left=$((left - 1)); done',
    'exit $status',
  ];
  writeFileSync(path.join(folder, 'bin/java'), lines.join('\n'));
  chmodSync(path.join(folder, 'bin/java'), 0o755);
  return clicEnv({ env: { JAVA_HOME: folder } }) as Record<string, string>;
}

const BOTH = "trap 'go INT 130' INT; trap 'go TERM 143' TERM";
const signals = () => readFileSync(path.join(folder, 'signals'), 'utf8');
const isReady = () =>
  expect
    .poll(
      () => existsSync(path.join(folder, 'ready')) && readFileSync(path.join(folder, 'ready'), 'utf8'),
      SOON,
    )
    .toMatch(/^\d+\n$/);
const exitOf = (child: ChildProcessWithoutNullStreams): Promise<number | null> => {
  onTestFinished(() => void child.kill('SIGKILL'));
  child.stdout.resume();
  return new Promise((resolve) => child.once('close', resolve));
};

describe('clic submit with a jar, sent a signal of its own', () => {
  it.each([
    ['SIGINT', 'INT\n', 130],
    ['SIGTERM', 'TERM\n', 143],
  ] as const)('passes %s on, once, and waits for the end of the jar', async (signal, received, status) => {
    const env = java(BOTH);
    const child = spawn(NODE, [CLIC, 'submit', 'plan.jar'], { cwd: folder, env });
    const ended = exitOf(child);
    await isReady();
    child.kill(signal);
    expect(await ended).toBe(status);
    expect(signals()).toBe(received);
  });

  it('keeps the status of a jar that takes it otherwise', async () => {
    const env = java("trap 'go INT 7' INT");
    const child = spawn(NODE, [CLIC, 'submit', 'plan.jar'], { cwd: folder, env });
    const ended = exitOf(child);
    await isReady();
    child.kill('SIGINT');
    expect(await ended).toBe(7);
  });
});

/** util-linux's `script` gives a command a terminal. */
const missing = works('script', '--version') ? null : 'script (util-linux, bsdutils)';

describeWith(missing, 'clic submit with a jar, on a terminal', () => {
  const onTerminal = (env: Record<string, string>, redirected = '') =>
    spawn('script', ['-qec', `exec '${NODE}' '${CLIC}' submit plan.jar ${redirected}`, '/dev/null'], {
      cwd: folder,
      env,
    });

  it.each(['', '< /dev/null', '< /dev/null > /dev/null'])(
    'leaves Ctrl-C to the jar, which the terminal has sent it, and waits for its end: %s',
    async (redirected) => {
      const child = onTerminal(java(BOTH), redirected);
      const ended = exitOf(child);
      await isReady();
      child.stdin.write('\x03');
      expect(await ended).toBe(130);
      expect(signals()).toBe('INT\n');
    },
  );

  it('ends with 130 when Ctrl-C ends the jar', async () => {
    const child = onTerminal(java(':'));
    const ended = exitOf(child);
    await isReady();
    child.stdin.write('\x03');
    expect(await ended).toBe(130);
  });
});
