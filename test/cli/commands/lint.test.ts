import { execFile, execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CLIC, NODE, clicEnv } from '../../helpers/clic-process.ts';
import { runCli } from '../../helpers/run-cli.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'clic-lint-'));
  writeFileSync(
    path.join(folder, 'bad.yaml'),
    `spec:
  templates:
    - name: main
      dag: { tasks: [{ name: a, template: java-tmeplate }] }
    - name: java-template
      container: { image: x, command: ['true'] }
`,
  );
  writeFileSync(
    path.join(folder, 'good.yaml'),
    `spec:
  templates:
    - name: main
      dag: { tasks: [{ name: a, template: java-template }] }
    - name: java-template
      container: { image: x, command: ['true'] }
`,
  );
});
afterAll(() => rmSync(folder, { recursive: true }));
const lint = (...words: string[]) => runCli(['lint', ...words], { cwd: folder });

describe('clic lint', () => {
  it('says nothing on stdout about a good plan, and ends with 0', async () => {
    expect(await lint('good.yaml')).toMatchObject({ exit: 0, stdout: '', stderr: 'no problems found\n' });
  });

  it('prints file:line:column for each finding, and ends with 2', async () => {
    const { exit, stdout } = await lint('good.yaml', 'bad.yaml');
    expect(exit).toBe(2);
    expect(stdout).toMatch(/^bad\.yaml:4:\d+: error: .*java-tmeplate.*\[unknown-template\].*did you mean/m);
  });

  it('prints one JSON document, and annotations of a GitHub workflow', async () => {
    const { diagnostics } = JSON.parse((await lint('bad.yaml', '-o', 'json')).stdout) as {
      diagnostics: unknown[];
    };
    expect(diagnostics[0]).toMatchObject({ rule: 'unknown-template', file: 'bad.yaml', line: 4 });
    expect((await lint('bad.yaml', '-o', 'github')).stdout).toMatch(
      /^::error file=bad\.yaml,line=4,col=\d+,title=unknown-template::/m,
    );
  });

  it('finds fault with a plan that is not there or is no file, and looks at the others all the same', async () => {
    const { exit, stdout } = await lint('none.yaml', '.', 'bad.yaml');
    expect(exit).toBe(2);
    expect(stdout).toMatch(/^none\.yaml:1:1: error: .*\[unreadable-plan\]$/m);
    expect(stdout.match(/unreadable-plan/g)).toHaveLength(2);
    expect(stdout).toContain('[unknown-template]');
  });

  it('reads stdin as -', async () => {
    const bad = readFileSync(path.join(folder, 'bad.yaml'), 'utf8');
    const { exit, stdout } = await runCli(['lint', '-', 'good.yaml'], { cwd: folder, stdin: bad });
    expect(exit).toBe(2);
    expect(stdout).toMatch(/^<stdin>:4:\d+: error: .*\[unknown-template\]/m);
    const good = readFileSync(path.join(folder, 'good.yaml'), 'utf8');
    expect(await runCli(['lint', '-'], { cwd: folder, stdin: good })).toMatchObject({ exit: 0, stdout: '' });
  });

  it('reads pipes: those of <(…), named ones, and stdin', async () => {
    const script = `
      '${NODE}' '${CLIC}' lint <(sleep 0.2; cat bad.yaml); echo "exit $?"
      mkfifo named; (sleep 0.2; cat bad.yaml > named) & '${NODE}' '${CLIC}' lint named; echo "exit $?"
      cat bad.yaml | '${NODE}' '${CLIC}' lint -; echo "exit $?"
      '${NODE}' '${CLIC}' lint - < good.yaml; echo "exit $?"`;
    const { stdout } = await promisify(execFile)('bash', ['-c', script], { cwd: folder, env: clicEnv({}) });
    expect(
      stdout.match(/^.*: error: .*\[unknown-template\]|^exit \d/gm)?.map((line) => line.slice(0, 6)),
    ).toEqual([expect.stringContaining('/'), 'exit 2', 'named:', 'exit 2', '<stdin', 'exit 2', 'exit 0']);
  });

  it('lets go of a pipe that nobody writes to when it is told to stop', async () => {
    execFileSync('/usr/bin/mkfifo', [path.join(folder, 'silent')]);
    const child = spawn(NODE, [CLIC, 'lint', 'silent'], { cwd: folder, env: clicEnv({}) });
    // Opened for writing as soon as clic has it open for reading.
    const writer = await open(path.join(folder, 'silent'), 'w');
    child.kill('SIGTERM');
    const exit = await new Promise((resolve) => child.once('close', resolve));
    await writer.close();
    expect(exit).toBe(143);
  });

  it('knows what will run a plan where it is told, and else names who minds', async () => {
    const own = readFileSync(path.join(folder, 'good.yaml'), 'utf8').replace(
      ", command: ['true']",
      ', args: [x]',
    );
    writeFileSync(path.join(folder, 'entry-point.yaml'), own);
    const marks = async (...words: string[]): Promise<unknown[]> => {
      const { exit, stdout } = await lint('entry-point.yaml', ...words);
      return [exit, ...(stdout.match(/error|warning|\(process executor\)|\[missing-command\]/g) ?? [])];
    };
    expect(await marks()).toEqual([0, 'warning', '(process executor)', '[missing-command]']);
    expect(await marks('--executor', 'process')).toEqual([2, 'error', '[missing-command]']);
    expect(await marks('--executor', 'kubernetes')).toEqual([0]);
    const { exit, stdout } = await lint('good.yaml', '--executor', 'java-master');
    expect([exit, stdout]).toEqual([2, expect.stringContaining('--dagPath=')]);
    expect(await lint('good.yaml', '--executor', 'docker')).toMatchObject({ exit: 2, stdout: '' });
  });

  it('says once what submit says of a name that can name no plan', async () => {
    const { exit, stdout, stderr } = await lint('good.yaml', '--name', 'a_b');
    expect([exit, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(/^clic: "a_b" can't name a plan: it contains '_'[^\n]*\nhint: [^\n]*\n$/);
    const long = await lint('good.yaml', '--name', 'w'.repeat(60));
    expect(long.stderr).toContain('hint: shorten it to 54 characters or less');
  });

  it('checks the length of stage ids against the name that is given', async () => {
    const { exit, stdout } = await lint('good.yaml', '--name', 'w'.repeat(50));
    expect(exit).toBe(2);
    expect(stdout).toContain('63');
  });
});
