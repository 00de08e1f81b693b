import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lintText, planOf } from './lint-text.ts';

const rulesOf = async (text: string): Promise<string[]> => [
  ...new Set((await lintText(text)).diagnostics.map(({ rule }) => rule)),
];

describe('a plan that is made to exhaust its reader', () => {
  it.each([
    ['nested flow lists', '['.repeat(100_000), ['yaml-syntax', 'too-deep']],
    ['nested block lists', '- '.repeat(100_000), ['too-deep']],
    ['nested mappings', Array.from({ length: 900 }, (_, i) => `${' '.repeat(i)}a:`).join('\n'), ['too-deep']],
    ['an alias within what it repeats', 'spec: &a\n  templates: [*a]\n', ['yaml-syntax']],
    ['an alias to nothing', 'spec: *nowhere\n', ['yaml-syntax']],
    [
      'a chain of aliases',
      `metadata:\n- &a0 [x]\n${Array.from({ length: 200 }, (_, i) => `- &a${i + 1} [*a${i}]\n`).join('')}`,
      ['too-deep'],
    ],
  ])('by %s is refused', async (_, text, rules) => {
    const { plan, diagnostics } = await lintText(text);
    expect(plan).toBeNull();
    expect(diagnostics.length).toBeLessThanOrEqual(200);
    expect(rules).toContain(diagnostics[0]?.rule);
  });

  // Each of these took from ten seconds to minutes, and gigabytes, when it was read to its end.
  it.each([
    ['marks that close nothing', ']', '', 'yaml-syntax'],
    ['collections beside each other', '[]', '', 'yaml-syntax'],
    ['aliases to nothing', '*a\n', '', 'yaml-syntax'],
    ['marks within a list', ',', '[', 'too-large'],
    ['mappings within a list', '{}', '[', 'yaml-syntax'],
    ['keys without a name', ':\n', '', 'too-large'],
    ['directives', '%\n', '', 'too-large'],
    ['lists of lists', `${'['.repeat(90)}${']'.repeat(90)},`, '[', 'too-large'],
  ])('by four MiB of %s is refused before it is read to its end', async (_, piece, start, rule) => {
    const text = start + piece.repeat((4 * 1024 * 1024) / piece.length);
    const { plan, diagnostics } = await lintText(text);
    expect(plan).toBeNull();
    expect(diagnostics.length).toBeLessThanOrEqual(10);
    expect(diagnostics[0]?.rule).toBe(rule);
  });

  it('by hundreds of thousands of errors is refused, and later errors of this process still say where they come from', async () => {
    const { diagnostics } = await lintText(`[${','.repeat(700_000)}]`);
    expect(diagnostics).toHaveLength(10);
    expect(new Error('one of this process').stack).toContain('hostile.test.ts');
  });

  it('by aliases to a long list of dependencies is refused', async () => {
    const names = Array.from({ length: 2000 }, (_, i) => `t${i}`);
    const tasks = names.map(
      (name, i) =>
        `- {name: ${name}, template: sh-template, dependencies: ${i === 0 ? `&d [${names.join(',')}]` : '*d'}}`,
    );
    expect(await rulesOf(planOf(...tasks))).toEqual(['alias-expansion']);
  });

  it('by a value that is put in over and over is refused', async () => {
    const value = 'x'.repeat(1000);
    const text = `spec:
  arguments: {parameters: [{name: p, value: ${value}}]}
  templates:
  - name: main
    dag: {tasks: [${Array.from({ length: 500 }, (_, i) => `{name: t${i}, template: x}`).join(',')}]}
  - name: x
    container: {image: i, command: [run${',"{{workflow.parameters.p}}"'.repeat(300)}]}
`;
    expect(await rulesOf(text)).toEqual(['too-large']);
  });

  it('by pod settings that aliases repeat, or that each task repeats, is refused', async () => {
    const values = Array.from({ length: 900 }, (_, i) => `k${i}: v`).join(',');
    const volumes = Array.from(
      { length: 450 },
      (_, i) => `{name: v${i}, csi: {driver: d, volumeAttributes: *a}}`,
    );
    const aliased = `spec:
  volumes: [{name: v, csi: {driver: d, volumeAttributes: &a {${values}}}},${volumes.join(',')}]
  templates:
  - name: main
    dag: {tasks: [{name: a, template: x}]}
  - {name: x, container: {image: i, command: [run]}}
`;
    expect(await rulesOf(aliased)).toEqual(['too-large']);
    const repeated = `spec:
  podMetadata: {annotations: {a: ${'x'.repeat(100_000)}}}
  templates:
  - name: main
    dag: {tasks: [${Array.from({ length: 500 }, (_, i) => `{name: t${i}, template: x}`).join(',')}]}
  - {name: x, container: {image: i, command: [run]}}
`;
    expect(await rulesOf(repeated)).toEqual(['too-large']);
  });

  it('by patches that differ for each task is refused before all are read', async () => {
    const patch = `{hostname: '{{inputs.parameters.n}}', nodeSelector: {a: ${'x'.repeat(60)}, b: [${'[],'.repeat(10_000)}]}}`;
    const text = `spec:
  templates:
  - name: main
    dag: {tasks: [${Array.from({ length: 2000 }, (_, i) => `{name: t${i}, template: x, arguments: {parameters: [{name: n, value: "${i}"}]}}`).join(',')}]}
  - name: x
    inputs: {parameters: [{name: n}]}
    podSpecPatch: "${patch}"
    container: {image: i, command: [run]}
`;
    const start = performance.now();
    const { plan, diagnostics } = await lintText(text, { executor: 'kubernetes' });
    expect(performance.now() - start).toBeLessThan(20_000);
    expect(plan).toBeNull();
    expect(diagnostics.at(-1)?.message).toContain(
      'the patches of this plan have more than 524288 characters',
    );
  });

  it('by thousands of misspelt names is answered soon, with suggestions for the first', async () => {
    const tasks = Array.from(
      { length: 5000 },
      (_, i) => `- {name: task-${i}, template: sh-template, dependencies: [tesk-${i}]}`,
    );
    const { diagnostics } = await lintText(planOf(...tasks));
    expect(diagnostics).toHaveLength(1001);
    expect(diagnostics[0]?.hint).toBe('did you mean "task-0"?');
    expect(diagnostics[999]?.hint).toBeUndefined();
    expect(diagnostics.at(-1)?.message).toBe('4000 more errors in this file');
  });

  // Ten seconds before, and nine of them for suggestions.
  it('by thousands of templates with misspelt references to thousands of parameters is answered soon', async () => {
    const each = (count: number, line: (i: number) => string): string =>
      Array.from({ length: count }, (_, i) => line(i)).join('\n');
    const text = `spec:
  arguments:
    parameters:
${each(8000, (i) => `    - {name: parameter-${i}, value: x}`)}
  templates:
  - name: main
    dag:
      tasks:
${each(8000, (i) => `      - {name: t${i}, template: t-${i}}`)}
${each(8000, (i) => `  - {name: t-${i}, container: {image: i, command: ['{{workflow.parameters.paramter-${i}}}']}}`)}
`;
    const start = performance.now();
    const { diagnostics } = await lintText(text);
    expect(performance.now() - start).toBeLessThan(20_000);
    expect(diagnostics).toHaveLength(1001);
    expect(diagnostics[0]?.hint).toBe('did you mean "workflow.parameters.parameter-0"?');
  });

  it('can put no control characters into a message', async () => {
    const tricky = planOf('- {name: "a\\e[31m\\nb\\u202e", template: "x\\r"}');
    const { diagnostics } = await lintText(tricky);
    expect(diagnostics.map(({ message }) => message)).toContain(
      'the task "a\\x1b[31m\\nb\\u202e" uses the template "x\\r", which the plan does not have',
    );
  });

  it('by very long names gets short messages', async () => {
    const { diagnostics } = await lintText(planOf(`- {name: a, template: ${'x'.repeat(100_000)}}`));
    expect(diagnostics[0]?.message.length).toBeLessThan(200);
  });
});

it('any text has a verdict: a plan, or else an error at a place in the file', async () => {
  const piece = fc.constantFrom(
    ...[
      'spec:',
      'templates:',
      'dag:',
      'tasks:',
      'name:',
      ' a',
      '\n',
      '\n  ',
      '\n    ',
      '- ',
      '{',
      '}',
      '[',
      ']',
    ],
    ...[
      ': ',
      ', ',
      '&a ',
      '*a',
      '<<: ',
      '!t ',
      '"',
      "'",
      '|',
      '#',
      '? ',
      '{{',
      '}}',
      '\t',
      '\0',
      '数',
      '---\n',
      '%',
    ],
    ...['container:', 'command:', 'arguments:', 'parameters:', 'template: x', 'dependencies:', 'null', '7'],
  );
  await fc.assert(
    fc.asyncProperty(fc.array(piece, { maxLength: 40 }), async (pieces) => {
      const text = pieces.join('');
      const { plan, diagnostics } = await lintText(text);
      expect(plan === null).toBe(diagnostics.some(({ severity }) => severity === 'error'));
      for (const { line, column } of diagnostics) {
        expect(line).toBeGreaterThanOrEqual(1);
        expect(line).toBeLessThanOrEqual(text.split('\n').length);
        expect(column).toBeGreaterThanOrEqual(1);
      }
    }),
    { numRuns: 500 },
  );
});

it('any mutilation of a good plan has a verdict', async () => {
  const good = planOf(
    '- {name: a, template: sh-template, arguments: {parameters: [{value: &v "x {{workflow.parameters.p}}"}]}}',
    '- {name: b, template: sh-template, dependencies: [a], arguments: {parameters: [{name: cmd, value: *v}]}}',
  ).replace('spec:', 'spec:\n  arguments: {parameters: [{name: p, value: 1}]}');
  expect((await lintText(good)).plan?.stages).toHaveLength(2);
  const spot = fc.integer({ min: 0, max: good.length });
  await fc.assert(
    fc.asyncProperty(
      spot,
      fc.nat(30),
      fc.constantFrom('', '[', '{}', 'null', '\n', '*v', ': '),
      async (at, cut, put) => {
        const { plan, diagnostics } = await lintText(good.slice(0, at) + put + good.slice(at + cut));
        expect(plan === null).toBe(diagnostics.some(({ severity }) => severity === 'error'));
      },
    ),
    { numRuns: 500 },
  );
});

it('ten thousand tasks are read, whatever their shape', async () => {
  const size = 10_000;
  const chain = Array.from({ length: size }, (_, i) => i);
  const tasks = (dependencies: (i: number) => string): string =>
    planOf(...chain.map((i) => `- {name: t${i}, template: sh-template, dependencies: [${dependencies(i)}]}`));
  const { plan } = await lintText(tasks((i) => (i === 0 ? '' : `t${i - 1}`)));
  expect(plan?.stages).toHaveLength(size);
  const { diagnostics } = await lintText(tasks((i) => `t${(i + 1) % size}`));
  expect(diagnostics).toMatchObject([{ rule: 'cycle' }]);
  expect(diagnostics[0]?.message).toContain('t18 -> t19 -> … (9980 more) -> t0');
});
