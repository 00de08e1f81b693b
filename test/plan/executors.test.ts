import { describe, expect, it } from 'vitest';
import { stageNameProblem } from '../../src/model/names.ts';
import type { CheckOptions } from '../../src/plan/check.ts';
import { lintText, planOf, planWithTemplate } from './lint-text.ts';

const ONE = planOf('- {name: a, template: sh-template}');
const found = async (text: string, options: CheckOptions = {}): Promise<string[]> =>
  (await lintText(text, options)).diagnostics.map(
    ({ severity, rule, line }) => `${severity} ${rule} ${line}`,
  );

describe.each(['process', 'kubernetes', 'java-master', undefined] as const)(
  'whatever runs it (%s)',
  (executor) => {
    it.each(['CronWorkflow', 'WorkflowTemplate', 'ClusterWorkflowTemplate', 'workflow', 'Job'])(
      'a plan of the kind %s is refused where it says so',
      async (kind) => {
        expect(await found(`kind: ${kind}\n${ONE}`, { executor })).toEqual(['error unsupported 1']);
      },
    );
    it('a plan may not go on once a stage has failed: failFast: false is refused', async () => {
      const text = ONE.replace('dag:', 'dag:\n      failFast: false');
      expect(await found(text, { executor })).toContain('error unsupported 5');
      expect(await found(text.replace('false', 'true'), { executor })).not.toContain('error unsupported 5');
      expect(await found(text.replace('false', 'maybe'), { executor })).toContain('error wrong-type 5');
    });
    it('a task may not let others go on after it has failed', async () => {
      const text = planOf('- {name: a, template: sh-template, continueOn: {failed: true}}');
      expect(await found(text, { executor })).toContain('error unsupported 6');
      expect(await found(text.replace('true', 'false'), { executor })).not.toContain('error unsupported 6');
    });
  },
);

it('a plan of the kind Workflow, or of none, is one to run', async () => {
  for (const kind of ['kind: Workflow\n', 'kind: ""\n', 'kind:\n', '']) {
    expect(await found(kind + ONE)).toEqual([]);
  }
});

describe.each(['container: {image: i, args: [x]}', 'container: {image: i}'])(
  "a container that leaves the program to its image's entry point: {%s}",
  (template) => {
    const text = planWithTemplate(template);
    it('is refused for processes, which have no image', async () => {
      expect(await found(text, { executor: 'process' })).toEqual(['error missing-command 6']);
    });
    it('is a plan for Kubernetes, and none for processes', async () => {
      const forKubernetes = await lintText(text, { executor: 'kubernetes' });
      expect(forKubernetes.diagnostics).toEqual([]);
      expect(forKubernetes.plan?.stages).toMatchObject([{ name: 'a', image: 'i', entryWords: 0 }]);
      const { plan, diagnostics } = await lintText(text, { executor: undefined });
      expect(plan).toBeNull();
      expect(diagnostics).toMatchObject([
        { severity: 'warning', message: expect.stringMatching(/ \(process executor\)$/) as string },
      ]);
    });
  },
);

describe('a variable whose value comes from elsewhere', () => {
  const plan = (source: string): string =>
    planWithTemplate(`container: {image: i, command: [run], env: [{name: TOKEN, valueFrom: {${source}}}]}`);
  const SECRET = 'secretKeyRef: {name: s, key: k}';

  it('is refused by a master that does not pass it on, and taken by one that does', async () => {
    expect(await found(plan(SECRET), { passedEnv: ['OTHER'] })).toEqual(['error value-from 6']);
    expect(await found(plan(SECRET), { passedEnv: ['TOKEN'] })).toEqual([]);
  });
  it('is a warning where nobody knows what the master passes on, which never advises to write it into the plan', async () => {
    const { diagnostics } = await lintText(plan(SECRET));
    expect(diagnostics).toMatchObject([
      {
        severity: 'warning',
        hint: 'start clic-master with TOKEN in its environment, and with --pass-env TOKEN',
      },
    ]);
  });
  it('may be missing where the plan says so', async () => {
    const optional = 'configMapKeyRef: {name: s, key: k, optional: true}';
    expect(await found(plan(optional), { passedEnv: [] })).toEqual([]);
    expect(await found(plan(optional.replace('true', 'false')), { passedEnv: [] })).toEqual([
      'error value-from 6',
    ]);
  });
  it('is what Kubernetes is for', async () => {
    expect(await found(plan(SECRET), { executor: 'kubernetes' })).toEqual([]);
  });
});

describe('for the Java master', () => {
  const GOOD = planOf(
    '- {name: a, template: sh-template, arguments: {parameters: [{value: x --dagPath=hdfs://n/d.yml}]}}',
  );
  const errors = async (
    text: string,
    options: CheckOptions = { executor: 'java-master' },
  ): Promise<string[]> => (await found(text, options)).filter((line) => line.includes('java-master'));

  it('a plan as the plan builder writes it is good', async () => {
    expect(await errors(GOOD)).toEqual([]);
  });
  it('the graph is the first template', async () => {
    const graph = GOOD.slice(GOOD.indexOf('  - name: main'), GOOD.indexOf('  - name: sh-template'));
    const text = `${GOOD.replace(graph, '').replace('spec:', 'spec:\n  entrypoint: main')}${graph}`;
    expect(await errors(text)).toEqual(['error java-master 7']);
    expect(await found(text, { executor: undefined })).not.toContain('error java-master 7');
  });
  it('the first argument of each task has --dagPath=', async () => {
    expect(await errors(GOOD.replace('--dagPath=', '--dag='))).toEqual(['error java-master 6']);
    const second = GOOD.replace('[{value:', '[{name: z, value: y}, {value:');
    expect(await errors(second)).toEqual(['error java-master 6']);
  });
  it.each(["['{{inputs.parameters.cmd}}', x]", "['run {{inputs.parameters.cmd}}']", '[run]', '[]'])(
    'the args are one reference, and not %s',
    async (args) => {
      expect(await errors(GOOD.replace("['{{inputs.parameters.cmd}}']", args))).toEqual([
        'error java-master 10',
      ]);
    },
  );
  it('a pod is what it always makes: settings that a stage would notice are told', async () => {
    const text = GOOD.replace('spec:', 'spec:\n  nodeSelector: {disk: ssd}\n  serviceAccountName: argo')
      .replace('image: busybox', 'imagePullPolicy: IfNotPresent, env: [{name: A, value: b}], image: busybox')
      .replace('  - name: sh-template', '  - name: sh-template\n    sidecars: [{name: x, image: y}]');
    expect(await found(text, { executor: 'java-master' })).toEqual([
      'warning ignored-key 2',
      'warning unchecked-dag-file 8',
      'warning ignored-key 11',
      'warning ignored-key 13',
    ]);
  });
  it('no stage is tried again, or bounded in time: that is told', async () => {
    const text = GOOD.replace('spec:', 'spec:\n  retryStrategy: {limit: 1}\n  activeDeadlineSeconds: 5');
    expect(await found(text, { executor: 'java-master' })).toEqual(
      expect.arrayContaining(['warning ignored-key 2', 'warning ignored-key 3']),
    );
    expect(await found(text, { executor: 'process' })).not.toContain('warning ignored-key 2');
  });
});

it.each(['a', 'work37', '计划', 'A.b_c-d', 'é', 'x'.repeat(128)])('%s can name a stage', (name) => {
  expect(stageNameProblem(name)).toBeNull();
});

it.each(['', 'a/b', 'a b', 'a\tb', 'a\u00a0b', 'a\u200bb', 'a\u202eb', 'a\x1bb', 'x'.repeat(129)])(
  '%j can not name a stage',
  (name) => {
    expect(stageNameProblem(name)).not.toBeNull();
  },
);
