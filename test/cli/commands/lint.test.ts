import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
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

  it('checks the length of stage ids against the name that is given', async () => {
    const { exit, stdout } = await lint('good.yaml', '--name', 'w'.repeat(50));
    expect(exit).toBe(2);
    expect(stdout).toContain('63');
  });
});
