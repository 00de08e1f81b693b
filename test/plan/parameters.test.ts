import { describe, expect, it } from 'vitest';
import { lintText, planOf, planWithTemplate } from './lint-text.ts';

describe('parameters', () => {
  const command = async (text: string): Promise<readonly string[] | undefined> => {
    const { plan, diagnostics } = await lintText(text);
    expect(diagnostics).toEqual([]);
    return plan?.stages[0]?.command;
  };

  it('are matched by name, and by position where they have none', async () => {
    const template = `inputs: {parameters: [{name: first}, {name: second}]}
container: {image: i, command: ['{{inputs.parameters.first}}', '{{ inputs.parameters.second }}!']}`;
    const named = '{name: second, value: two}, {name: first, value: one}';
    expect(await command(planWithTemplate(template, `, arguments: {parameters: [${named}]}`))).toEqual([
      'one',
      'two!',
    ]);
    const unnamed = '{value: one}, {value: two}';
    expect(await command(planWithTemplate(template, `, arguments: {parameters: [${unnamed}]}`))).toEqual([
      'one',
      'two!',
    ]);
  });

  it('fall back on the value, then the default, of the template', async () => {
    const template = `inputs: {parameters: [{name: a, value: v, default: d}, {name: b, default: d}]}
container: {image: i, command: [run, '{{inputs.parameters.a}}{{inputs.parameters.b}}']}`;
    expect(await command(planWithTemplate(template))).toEqual(['run', 'vd']);
  });

  it('keep numbers and booleans as they are written', async () => {
    const template = `inputs: {parameters: [{name: a}, {name: b}, {name: c}]}
container: {image: i, command: [run, '{{inputs.parameters.a}} {{inputs.parameters.b}} {{inputs.parameters.c}}', 0x1F]}`;
    const values = '{value: 1.50}, {value: True}, {value: 007}';
    expect(await command(planWithTemplate(template, `, arguments: {parameters: [${values}]}`))).toEqual([
      'run',
      '1.50 True 007',
      '0x1F',
    ]);
  });

  it('are put in once: what that makes is not looked through again', async () => {
    const template = `inputs: {parameters: [{name: a}, {name: b}]}
container: {image: i, command: [run, '{{inputs.parameters.a}}{inputs.parameters.b}}']}`;
    const values = "{value: '{'}, {value: x}";
    expect(await command(planWithTemplate(template, `, arguments: {parameters: [${values}]}`))).toEqual([
      'run',
      '{{inputs.parameters.b}}',
    ]);
  });

  it('of the workflow reach tasks, templates, and the inputs of the dag', async () => {
    const text = `spec:
  arguments: {parameters: [{name: day, value: 2026-11-23}, {name: dir, value: /out}]}
  templates:
  - name: main
    inputs: {parameters: [{name: day}, {name: kept, value: 'k-{{workflow.parameters.day}}'}]}
    dag:
      tasks:
      - name: a
        template: x-template
        arguments: {parameters: [{name: p, value: '{{inputs.parameters.day}} {{inputs.parameters.kept}}'}]}
  - name: x-template
    inputs: {parameters: [{name: p}, {name: q, value: '{{workflow.parameters.dir}}'}]}
    outputs: {artifacts: [{name: log}, {name: out, path: '{{inputs.parameters.q}}/result'}]}
    container:
      image: 'busybox:{{inputs.parameters.q}}'
      command: [echo]
      args: ['{{inputs.parameters.p}}']
      env: [{name: DAY, value: '{{workflow.parameters.day}}'}, {name: EMPTY}, {name: __proto__, value: p}]
`;
    const { plan, diagnostics } = await lintText(text);
    expect(diagnostics).toEqual([]);
    const stage = plan?.stages[0];
    expect(stage).toMatchObject({
      image: 'busybox:/out',
      command: ['echo', '2026-11-23 k-2026-11-23'],
      outputPath: '/out/result',
    });
    expect(Object.entries(stage?.env ?? {})).toEqual([
      ['DAY', '2026-11-23'],
      ['EMPTY', ''],
      ['__proto__', 'p'],
    ]);
  });

  it('that nothing supplies are errors wherever they stand', async () => {
    for (const reference of ['item', 'tasks.a.outputs.result', 'workflow.parameters.x', '', '=1 + 1']) {
      const value = `'{{${reference}}}'`;
      const texts = [
        planOf(`- {name: a, template: sh-template, arguments: {parameters: [{value: ${value}}]}}`),
        planWithTemplate(`container: {image: i, command: [run, ${value}]}`),
        planWithTemplate(`container: {image: ${value}, command: [run]}`),
        planWithTemplate(`container: {image: i, command: [run], env: [{name: A, value: ${value}}]}`),
        planWithTemplate(
          `container: {image: i, command: [run]}\noutputs: {artifacts: [{name: o, path: ${value}}]}`,
        ),
      ];
      for (const text of texts) {
        expect((await lintText(text)).diagnostics).toMatchObject([
          { rule: 'unknown-parameter', severity: 'error' },
        ]);
      }
    }
  });

  it('leave braces without a partner alone', async () => {
    const template = `container: {image: i, command: [awk, '{ print }}', 'a {{ b']}`;
    expect(await command(planWithTemplate(template))).toEqual(['awk', '{ print }}', 'a {{ b']);
  });

  it('that are empty leave nothing to start', async () => {
    const template = `inputs: {parameters: [{name: p}]}\ncontainer: {image: i, command: ['{{inputs.parameters.p}}']}`;
    const { diagnostics } = await lintText(
      planWithTemplate(template, `, arguments: {parameters: [{value: ''}]}`),
    );
    expect(diagnostics).toMatchObject([{ rule: 'missing-command', line: 4 }]);
  });
});
