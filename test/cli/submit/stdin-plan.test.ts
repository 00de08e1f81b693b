import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { PlanInvalidError } from '../../../src/model/diagnostic.ts';
import type { MasterClient } from '../../../src/model/master-client.ts';
import type { TaskSummary } from '../../../src/model/views.ts';
import { runCli } from '../../helpers/run-cli.ts';
import { aTask } from '../../helpers/views.ts';

const PLAN = `
spec:
  templates:
    - name: main
      dag: { tasks: [{ name: a, template: java-template, arguments: { parameters: [{ value: 'true' }] } }] }
    - name: java-template
      inputs: { parameters: [{ name: c }] }
      container: { image: x, command: [/bin/sh, -c], args: ['{{inputs.parameters.c}}'] }
`;

let folder: string;
beforeEach(() => void (folder = mkdtempSync(path.join(tmpdir(), 'clic-stdin-'))));
afterEach(() => rmSync(folder, { recursive: true }));

/** A master that takes what it is sent, and notes where that is. */
function taking(submitted: string[]): Partial<MasterClient> {
  const tasks: TaskSummary[] = [];
  return {
    listTasks: () => Promise.resolve([...tasks]),
    submitPlan: (_, file) => {
      submitted.push(file);
      tasks.push(aTask({ submittedHere: true }));
      return Promise.resolve();
    },
  };
}

const submit = (stdin: string, client: Partial<MasterClient>, ...options: string[]) =>
  runCli(['submit', 'wordcount', '-', ...options], { client, stdin, cwd: folder });

test('a plan from stdin becomes a file of the working directory that only its owner can read, and stays', async () => {
  const submitted: string[] = [];
  const { exit, stdout, stderr } = await submit(PLAN, taking(submitted));
  const [file = ''] = submitted;
  expect([exit, stdout]).toEqual([0, 'wordcount has been submitted! task: wordcount-abcdefgh\n']);
  expect(stderr).toBe(`the plan from stdin is stored as ${file}, which the master opens\n`);
  expect(path.dirname(file)).toBe(folder);
  expect(path.basename(file)).toMatch(/^wordcount-[0-9a-f]{8}\.yaml$/);
  expect(readFileSync(file, 'utf8')).toBe(PLAN);
  expect(statSync(file).mode & 0o777).toBe(0o600);
});

test('the same plan again is the same file', async () => {
  const submitted: string[] = [];
  await submit(PLAN, taking(submitted));
  await submit(PLAN, taking(submitted));
  expect(new Set(submitted).size).toBe(1);
  expect(readdirSync(folder)).toHaveLength(1);
});

test('a plan that is wrong is refused as one of stdin, and stored nowhere', async () => {
  const wrong = PLAN.replace('template: java-template', 'template: jave-template');
  const { exit, stderr } = await submit(wrong, {});
  expect(exit).toBe(2);
  expect(stderr).toContain("clic: <stdin> can't be run; nothing was sent\n<stdin>:5:");
  expect(readdirSync(folder)).toEqual([]);
});

test('with --no-lint it is stored unseen', async () => {
  const submitted: string[] = [];
  expect((await submit('not a plan', taking(submitted), '--no-lint')).exit).toBe(0);
  expect(readFileSync(submitted[0] ?? '', 'utf8')).toBe('not a plan');
});

test('what a master says that can not open it is passed on with what may be the reason, and the file goes', async () => {
  const far = {
    ...taking([]),
    submitPlan: () => Promise.reject(new PlanInvalidError('there is no plan at that path')),
  };
  const { exit, stderr } = await submit(PLAN, far);
  expect(exit).toBe(2);
  expect(stderr).toContain(
    'clic: there is no plan at that path\n' +
      'hint: a master on another machine, or of another user, can not open it: submit it by a path that the master can read\n',
  );
  expect(readdirSync(folder)).toEqual([]);
});

test('what a master finds in it is told as of stdin, and no reason is made up', async () => {
  const checking: Partial<MasterClient> = {
    ...taking([]),
    submitPlan: (_, file) =>
      Promise.reject(
        new PlanInvalidError(`${file} can't be run\n${file}:5:9: error: no`, [], {
          hint: 'nothing was stored',
        }),
      ),
  };
  const { exit, stderr } = await submit('not a plan', checking, '--no-lint');
  expect(exit).toBe(2);
  expect(stderr).toContain("clic: <stdin> can't be run\n<stdin>:5:9: error: no\nhint: nothing was stored\n");
  expect(readdirSync(folder)).toEqual([]);
});

test('a folder that can not be written to is told, and nothing is sent', async () => {
  const { exit, stderr } = await runCli(['submit', 'wordcount', '-'], {
    client: {},
    stdin: PLAN,
    cwd: path.join(folder, 'missing'),
  });
  expect(exit).toBe(1);
  expect(stderr).toContain("the plan from stdin can't be stored as");
});
