import { describe, expect, it } from 'vitest';
import { lintText, planOf } from './lint-text.ts';

/** A plan as the plan builder writes it. */
const BUILT = `apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata:
  generateName: wordcount-
spec:
  entrypoint: dag-entry
  serviceAccountName: argo
  volumes:
  - name: nfs
    persistentVolumeClaim:
      claimName: pvc-nfs
  templates:
  - name: dag-entry
    dag:
      tasks:
      - name: stage-1
        template: java-template
        arguments:
          parameters:
          - name: javaArgs
            value: java -jar executable-java.jar --udfPath=/data/f.class --dagPath=/data/1.yml
      - name: stage-2
        template: spark-template
        dependencies:
        - stage-1
        arguments:
          parameters:
          - value: spark-submit --class X x.jar --dagPath="/data/2 b.yml"
  - name: java-template
    inputs:
      parameters:
      - name: javaArgs
    container:
      image: executable-java:v1
      imagePullPolicy: IfNotPresent
      command: [/bin/sh, -c]
      args: ['{{inputs.parameters.javaArgs}}']
      volumeMounts:
      - name: nfs
        mountPath: /data
  - name: spark-template
    inputs:
      parameters:
      - name: sparkArgs
    container:
      image: executable-spark:v1
      command: [/bin/sh, -c]
      args: ['{{inputs.parameters.sparkArgs}}']
`;
const DAGS = {
  '/data/1.yml': 'operators:\n- name: src\n  params: {inputPath: /data/in}\n',
  '/data/2 b.yml':
    'operators:\n- name: map\n  params: {}\n- {name: sink, params: {outputPath: "hdfs://nn/out"}}\n- {name: s2, params: {outputPath: /x}}\n',
};

const NFS = {
  serviceAccountName: 'argo',
  volumes: [{ name: 'nfs', persistentVolumeClaim: { claimName: 'pvc-nfs' } }],
};
const NOTHING_ELSE = { labels: {}, annotations: {}, patch: null };

describe('a plan of the plan builder', () => {
  it('becomes stages in the order of its tasks, without a word', async () => {
    expect(await lintText(BUILT, { files: DAGS, planName: 'wordcount' })).toEqual({
      diagnostics: [],
      plan: {
        deadlineMs: null,
        parallelism: null,
        stages: [
          {
            name: 'stage-1',
            template: 'java-template',
            platform: 'java',
            dependencies: [],
            image: 'executable-java:v1',
            command: [
              '/bin/sh',
              '-c',
              'java -jar executable-java.jar --udfPath=/data/f.class --dagPath=/data/1.yml',
            ],
            env: {},
            outputPath: null,
            outputs: [],
            retry: null,
            deadlineMs: null,
            entryWords: 2,
            pod: {
              container: {
                imagePullPolicy: 'IfNotPresent',
                volumeMounts: [{ name: 'nfs', mountPath: '/data' }],
              },
              pod: NFS,
              ...NOTHING_ELSE,
            },
          },
          {
            name: 'stage-2',
            template: 'spark-template',
            platform: 'spark',
            dependencies: [0],
            image: 'executable-spark:v1',
            command: ['/bin/sh', '-c', 'spark-submit --class X x.jar --dagPath="/data/2 b.yml"'],
            env: {},
            outputPath: 'hdfs://nn/out',
            outputs: ['hdfs://nn/out'],
            retry: null,
            deadlineMs: null,
            entryWords: 2,
            pod: { container: {}, pod: NFS, ...NOTHING_ELSE },
          },
        ],
      },
    });
  });

  it('is the same with CRLF line ends', async () => {
    const unix = await lintText(BUILT, { files: DAGS });
    expect(await lintText(BUILT.replaceAll('\n', '\r\n'), { files: DAGS })).toEqual(unix);
  });

  it('may carry null for what it does not set', async () => {
    const text = planOf(
      '- {name: a, template: sh-template, dependencies: null, when: null, depends: "", withItems: ~, arguments: null}',
    );
    expect((await lintText(text)).diagnostics).toEqual([]);
  });
});

describe('the entry point', () => {
  const plan = (entrypoint: string): string => `spec:
  ${entrypoint}
  templates:
  - {name: x-template, container: {image: i, command: [run]}}
  - name: main
    dag: {tasks: [{name: a, template: x-template}]}
`;
  it('is the template that spec.entrypoint names', async () => {
    expect((await lintText(plan('entrypoint: main'))).plan?.stages).toHaveLength(1);
  });
  it('must be a template of the plan', async () => {
    const { diagnostics } = await lintText(plan('entrypoint: mian'));
    expect(diagnostics).toMatchObject([
      { rule: 'unknown-template', line: 2, column: 15, hint: 'did you mean "main"?' },
    ]);
  });
  it('is no template for a task', async () => {
    const { diagnostics } = await lintText(
      plan('entrypoint: main').replace('template: x-', 'template: main, #'),
    );
    expect(diagnostics[0]).toMatchObject({ severity: 'error' });
    const { diagnostics: nested } = await lintText(planOf('- {name: a, template: main}'));
    expect(nested[0]).toMatchObject({
      rule: 'unknown-template',
      message: 'the task "a" uses the template "main", which is the dag itself',
    });
  });
});

describe('anchors, aliases and merge keys', () => {
  it('stand for what they repeat', async () => {
    const text = `spec:
  templates:
  - name: main
    dag:
      tasks:
      - {name: a, template: x-template, arguments: &args {parameters: [{value: hi}]}}
      - {name: b, template: x-template, arguments: *args, dependencies: &after [a]}
      - {name: c, template: y-template, dependencies: *after}
  - &x
    name: x-template
    inputs: {parameters: [{name: p, value: none}]}
    container: {image: i, command: [echo, '{{inputs.parameters.p}}']}
  - <<: *x
    name: y-template
`;
    const { plan, diagnostics } = await lintText(text);
    expect(diagnostics).toEqual([]);
    expect(
      plan?.stages.map(({ template, command, dependencies }) => [template, command[1], dependencies]),
    ).toEqual([
      ['x-template', 'hi', []],
      ['x-template', 'hi', [0]],
      ['y-template', 'none', [0]],
    ]);
  });

  it('are reported where the alias stands', async () => {
    const text = planOf('- &a {name: a, template: sh-template}', '- *a');
    expect((await lintText(text)).diagnostics).toMatchObject([{ rule: 'duplicate-name', line: 6 }]);
    const wrong = planOf(
      '- {name: &n a, template: sh-template}',
      '- {name: b, template: sh-template, dependencies: *n}',
    );
    expect((await lintText(wrong)).diagnostics).toMatchObject([{ rule: 'wrong-type', line: 7, column: 56 }]);
  });
});

it('a template that is a dag can not be a container as well', async () => {
  const text = planOf('- {name: a, template: sh-template}').replace(
    'dag:',
    'container: {image: i}\n    dag:',
  );
  expect((await lintText(text)).diagnostics).toMatchObject([
    { rule: 'unsupported', severity: 'error', line: 4 },
  ]);
});
