import { execFileSync } from 'node:child_process';
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { PlanInvalidError } from '../../src/model/diagnostic.ts';
import { NotFoundError } from '../../src/model/errors.ts';
import { MAX_PLAN_BYTES, loadPlan } from '../../src/plan/load.ts';
import { planOf } from './lint-text.ts';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'clic-plan-'));
});
afterEach(async () => {
  await rm(directory, { recursive: true });
});

async function put(name: string, content: string | Uint8Array): Promise<string> {
  const path = join(directory, name);
  await writeFile(path, content);
  return path;
}
const failure = async (path: string, maxBytes?: number): Promise<unknown> =>
  loadPlan(path, { maxBytes }).then(
    () => 'it was loaded',
    (error: unknown) => error,
  );

describe('a plan on disk', () => {
  it('is read with the physical DAGs beside it', async () => {
    await mkdir(join(directory, 'dags'));
    await put('dags/1.yml', '\uFEFFoperators: [{name: a, params: {outputPath: /out}}]');
    const path = await put(
      'plan.yaml',
      planOf(
        `- {name: a, template: sh-template, arguments: {parameters: [{value: x --dagPath=${directory}/dags/1.yml}]}}`,
      ),
    );
    const { plan, diagnostics } = await loadPlan(path);
    expect(diagnostics).toEqual([]);
    expect(plan?.stages[0]).toMatchObject({ name: 'a', outputPath: '/out' });
  });

  it('may begin with a byte order mark, which has no column', async () => {
    const path = await put('plan.yaml', `\uFEFFspec: 1\r\n`);
    expect((await loadPlan(path)).diagnostics).toMatchObject([
      { file: path, line: 1, column: 7, rule: 'wrong-type' },
    ]);
  });

  it('counts columns in characters, not bytes', async () => {
    const path = await put('plan.yaml', '{计划: 1, spec: 2}\n');
    expect((await loadPlan(path)).diagnostics).toMatchObject([{ column: 2 }, { column: 15 }]);
  });

  it('names physical DAGs that are missing, or are no files, as its own errors', async () => {
    const path = await put(
      'plan.yaml',
      planOf(
        `- {name: a, template: sh-template, arguments: {parameters: [{value: x --dagPath=${directory}/none.yml}]}}`,
        `- {name: b, template: sh-template, arguments: {parameters: [{value: x --dagPath=${directory}}]}}`,
      ),
    );
    expect((await loadPlan(path)).diagnostics.map(({ rule, line }) => [rule, line])).toEqual([
      ['missing-dag-file', 6],
      ['unreadable-dag-file', 7],
    ]);
  });

  it('is checked against the name it will have', async () => {
    const path = await put('plan.yaml', planOf('- {name: a, template: sh-template}'));
    expect((await loadPlan(path, { planName: 'p'.repeat(40) })).diagnostics).toEqual([]);
    expect((await loadPlan(path, { planName: 'p'.repeat(41) })).diagnostics).toMatchObject([
      { rule: 'stage-id' },
    ]);
  });
});

describe('what is no plan to read', () => {
  it('is not found where there is no file', async () => {
    const path = join(directory, 'none.yaml');
    expect(await failure(path)).toMatchObject({
      code: 'NOT_FOUND',
      message: `the plan "${path}" is not there`,
    });
    expect(await failure(join(await put('file', ''), 'x.yaml'))).toBeInstanceOf(NotFoundError);
  });

  it('is refused when it is a directory', async () => {
    expect(await failure(directory)).toMatchObject({
      code: 'PLAN_INVALID',
      message: `the plan "${directory}" is a directory`,
    });
  });

  it('is refused when it is a named pipe or a device, without waiting for it', async () => {
    const pipe = join(directory, 'pipe');
    execFileSync('/bin/sh', ['-c', 'mkfifo "$0"', pipe]);
    for (const path of [pipe, '/dev/zero']) {
      expect(await failure(path)).toMatchObject({ message: `the plan "${path}" is not a regular file` });
    }
  });

  it('is refused when it is larger than allowed', async () => {
    const text = planOf('- {name: a, template: sh-template}');
    const path = await put('plan.yaml', text);
    expect(await failure(path, text.length)).toBe('it was loaded');
    expect(await failure(path, text.length - 1)).toBeInstanceOf(PlanInvalidError);
    expect(await failure(await put('big.yaml', new Uint8Array(MAX_PLAN_BYTES + 1)))).toMatchObject({
      message: expect.stringContaining(`more than ${MAX_PLAN_BYTES} bytes`) as string,
    });
  });

  it('is read to its end, and no further than allowed, when it is longer than it says', async () => {
    expect(await failure('/proc/self/status', 100)).toMatchObject({
      message: 'the plan "/proc/self/status" has more than 100 bytes',
    });
    const { diagnostics } = await loadPlan('/proc/self/status');
    expect(diagnostics.map(({ message }) => message)).toContain('the plan: the unknown key "Pid" is ignored');
  });

  it('is refused when it is not UTF-8', async () => {
    const path = await put('plan.yaml', Buffer.from('spec: {}', 'utf16le').fill(0xff, 0, 1));
    expect(await failure(path)).toMatchObject({ code: 'PLAN_INVALID', hint: 'save it as UTF-8' });
  });

  it.skipIf(process.getuid?.() === 0)('is refused when it must not be read', async () => {
    const path = await put('plan.yaml', '');
    await chmod(path, 0);
    expect(await failure(path)).toMatchObject({ message: expect.stringContaining('EACCES') as string });
  });
});
