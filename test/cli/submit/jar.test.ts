import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { clic } from '../../helpers/clic-process.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'clic-jar-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('clic submit with a jar', () => {
  const java = (script: string): string => {
    const home = mkdtempSync(path.join(folder, 'java-'));
    mkdirSync(path.join(home, 'bin'));
    writeFileSync(path.join(home, 'bin/java'), `#!/bin/sh\n${script}\n`);
    chmodSync(path.join(home, 'bin/java'), 0o755);
    return home;
  };
  beforeAll(() => {
    // Not executable, as jars are.
    writeFileSync(path.join(folder, 'plan.jar'), '', { mode: 0o644 });
  });

  it.each(['-submit', 'submit'])(
    'runs the java of JAVA_HOME with the words after the jar, and passes its streams and status on: %s',
    async (verb) => {
      const home = java('echo "$@"; echo talk >&2; exit 42');
      const { exitCode, stdout, stderr } = await clic(
        [verb, 'plan.jar', '--flag', '-o', 'json', '--', '-x'],
        { cwd: folder, env: { JAVA_HOME: home } },
      );
      expect(exitCode).toBe(42);
      expect(stdout).toBe(`-jar ${path.join(folder, 'plan.jar')} --flag -o json -- -x\n`);
      expect(stderr).toBe('talk\n');
    },
  );

  it('finds java on PATH without JAVA_HOME, and tells a signal by 128 + n', async () => {
    const home = java('kill -TERM $$');
    const { exitCode } = await clic(['-submit', 'plan.jar'], {
      cwd: folder,
      env: { PATH: path.join(home, 'bin') },
    });
    expect(exitCode).toBe(143);
  });

  it.each([
    ['there is no jar', 'none.jar', {}],
    ['the jar is a folder', 'folder.jar', {}],
    ['there is no java', 'plan.jar', { PATH: '/nonexistent' }],
    ['JAVA_HOME has no java', 'plan.jar', { JAVA_HOME: '/nonexistent' }],
  ])('ends with 2 when %s', async (_, jar, env) => {
    mkdirSync(path.join(folder, 'folder.jar'), { recursive: true });
    const { exitCode, stderr } = await clic(['submit', jar], { cwd: folder, env });
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(/^clic: .*\n/);
  });
});
