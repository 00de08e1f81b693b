import { describe, expect, it } from 'vitest';
import { lintText, planOf, planWithTemplate } from './lint-text.ts';

const stage = (name: string, path: string): string =>
  `- {name: ${name}, template: sh-template, arguments: {parameters: [{value: x --dagPath=${path}}]}}`;

async function outputOf(dag: string): Promise<string | null | undefined> {
  const { plan, diagnostics } = await lintText(planOf(stage('a', '/d.yml')), { files: { '/d.yml': dag } });
  expect(diagnostics).toEqual([]);
  return plan?.stages[0]?.outputPath;
}

describe('the output path of a stage', () => {
  it('is the first one in its physical DAG', async () => {
    expect(
      await outputOf(
        'operators:\n- {name: a, params: {outputPath: ""}}\n- {name: b, params: {outputPath: /1}}\n- {name: c, params: {outputPath: /2}}\n',
      ),
    ).toBe('/1');
  });
  it('is null where no operator has one', async () => {
    expect(await outputOf('operators:\n- {name: a}\n- {name: b, params: null}\n')).toBeNull();
  });
  it('may be an alias, beside keys and tags that only the executor knows', async () => {
    expect(
      await outputOf(
        'id: !!java.Id 7\npaths: {out: &out hdfs://nn/x}\noperators:\n- !op {name: a, kind: b, params: {outputPath: *out}}\n',
      ),
    ).toBe('hdfs://nn/x');
  });

  const artifact = `inputs: {parameters: [{name: cmd}]}
container: {image: i, command: [/bin/sh, -c, '{{inputs.parameters.cmd}}']}
outputs: {artifacts: [{name: o, path: /artifact}]}`;
  const plan = planWithTemplate(artifact, ', arguments: {parameters: [{value: x --dagPath=d.yml}]}');
  it('of the physical DAG wins over an artifact', async () => {
    const files = { '/plans/d.yml': 'operators: [{name: a, params: {outputPath: /dag}}]' };
    expect((await lintText(plan, { files })).plan?.stages[0]?.outputPath).toBe('/dag');
  });
  it('is the artifact where the physical DAG has none', async () => {
    const files = { '/plans/d.yml': 'operators: [{name: a}]' };
    expect((await lintText(plan, { files })).plan?.stages[0]?.outputPath).toBe('/artifact');
  });
});

describe('the results that a stage must leave', () => {
  const outputsOf = async (artifacts: string, dag: string): Promise<readonly string[] | undefined> => {
    const template = `inputs: {parameters: [{name: cmd}, {name: dir, value: /w}]}
container: {image: i, command: [/bin/sh, -c, '{{inputs.parameters.cmd}}']}
outputs: {artifacts: [${artifacts}]}`;
    const text = planWithTemplate(template, ', arguments: {parameters: [{value: x --dagPath=/d.yml}]}');
    const { plan, diagnostics } = await lintText(text, { files: { '/d.yml': dag } });
    expect(diagnostics).toEqual([]);
    return plan?.stages[0]?.outputs;
  };
  const NONE = 'operators: [{name: a}]';
  const SINK = 'operators: [{name: a, params: {outputPath: /sink}}]';

  it('are the paths of its artifacts and the output of its physical DAG, parameters put in', async () => {
    const artifacts = "{name: a, path: '{{inputs.parameters.dir}}/a'}, {name: b, path: b}, {name: c}";
    expect(await outputsOf(artifacts, SINK)).toEqual(['/w/a', 'b', '/sink']);
    expect(await outputsOf(artifacts, NONE)).toEqual(['/w/a', 'b']);
  });
  it('are named once each', async () => {
    expect(await outputsOf('{name: a, path: /sink}, {name: b, path: /sink}', SINK)).toEqual(['/sink']);
  });
  it('are without those that are optional', async () => {
    const artifacts = '{name: a, path: /a, optional: true}, {name: b, path: /b, optional: false}';
    expect(await outputsOf(artifacts, NONE)).toEqual(['/b']);
  });
  it('must be said clearly to be optional', async () => {
    const text = planWithTemplate(
      'container: {image: i, command: [run]}\noutputs: {artifacts: [{path: /a, optional: maybe}]}',
    );
    expect((await lintText(text)).diagnostics).toMatchObject([
      { rule: 'wrong-type', severity: 'error', line: 7, column: 48 },
    ]);
  });
});

describe('a physical DAG', () => {
  it.each([
    ['operators: [', 1, 13, 'yaml-syntax'],
    ['a: 1\na: 2\noperators: [{name: x}]', 2, 1, 'duplicate-key'],
    ['operators: [{name: x}]\n---\na: 1', 2, 1, 'multiple-documents'],
    ['', 1, 1, 'missing-operators'],
    ['- a', 1, 1, 'wrong-type'],
    ['operators: x', 1, 12, 'wrong-type'],
    ['operators:\n- x', 2, 3, 'wrong-type'],
    ['operators:\n- params: {}', 2, 3, 'missing-name'],
    ['operators:\n- {name: x, params: y}', 2, 21, 'wrong-type'],
    ['operators:\n- {name: x, params: {outputPath: [y]}}', 2, 34, 'wrong-type'],
  ])('that reads %j is reported in its own file', async (dag, line, column, rule) => {
    const { plan, diagnostics } = await lintText(planOf(stage('a', '/d.yml')), { files: { '/d.yml': dag } });
    expect(diagnostics).toMatchObject([{ file: '/d.yml', severity: 'error', rule, line, column }]);
    expect(plan).toBeNull();
  });

  it('that several stages share is reported once, and after what was found in the plan', async () => {
    const text = planOf(stage('a', '/d.yml'), stage('b', '/d.yml'), stage('c', '/e.yml'));
    const { diagnostics } = await lintText(text, { files: { '/d.yml': 'x' } });
    expect(diagnostics.map(({ file, line, rule }) => [file, line, rule])).toEqual([
      ['/plans/plan.yaml', 8, 'missing-dag-file'],
      ['/d.yml', 1, 'wrong-type'],
    ]);
  });

  it('that is named by nothing is missing', async () => {
    const { diagnostics } = await lintText(planOf(stage('a', '')));
    expect(diagnostics).toMatchObject([
      { rule: 'missing-dag-file', message: '--dagPath of the task "a" names no file' },
    ]);
  });

  it('that is named by a URI is not looked for', async () => {
    const { plan, diagnostics } = await lintText(planOf(stage('a', 'hdfs://nn/d.yml')));
    expect(diagnostics).toMatchObject([{ rule: 'unchecked-dag-file', severity: 'warning' }]);
    expect(plan?.stages).toHaveLength(1);
  });
});
