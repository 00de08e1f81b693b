import { describe, expect, it } from 'vitest';
import type { Diagnostic } from '../../src/model/diagnostic.ts';
import { formatDiagnostic } from '../../src/model/diagnostic.ts';
import type { Rule } from '../../src/plan/findings.ts';
import { lintText, planOf, planWithTemplate } from './lint-text.ts';
import { type Case, SHAPE_CASES } from './shape-cases.ts';

const RUNS = 'container: {image: busybox, command: [run]}';
const dagTask = (path: string): string =>
  planOf(`- {name: a, template: sh-template, arguments: {parameters: [{value: 'x --dagPath=${path}'}]}}`);

const CASES: Record<Rule, Case> = {
  ...SHAPE_CASES,
  'duplicate-name': {
    text: planOf('- {name: a, template: sh-template}', '- {name: a, template: sh-template}'),
    found: ['7:16: error: two tasks are named "a" [duplicate-name]'],
  },
  'unknown-template': {
    text: planOf('- {name: a, template: sh-tempalte}', '- {name: b, template: sh-template}'),
    found: [
      '6:29: error: the task "a" uses the template "sh-tempalte", which the plan does not have [unknown-template]; did you mean "sh-template"?',
    ],
  },
  'unused-template': {
    text: `${planOf('- {name: a, template: sh-template}')}  - name: b-template\n    steps: []\n`,
    found: ['11:11: warning: no task uses the template "b-template" [unused-template]'],
  },
  'template-name': {
    text: planOf('- {name: a, template: sh-template}').replaceAll('sh-template', 'Sh_template'),
    found: [
      `8:11: error: the template "Sh_template" can't be a part of a stage's id [template-name]; its name has only a-z, 0-9 and '-', and begins with a letter or digit`,
    ],
  },
  'stage-id': {
    text: planOf('- {name: a, template: sh-template}'),
    planName: 'p'.repeat(42),
    found: [
      `8:11: error: a stage's id such as "${'p'.repeat(42)}-xxxxxxxx-sh-template-1" has 65 characters; a Kubernetes name has at most 63 [stage-id]; shorten the name of the plan or of the template`,
    ],
  },
  'unknown-dependency': {
    text: planOf(
      '- {name: split, template: sh-template}',
      '- {name: b, template: sh-template, dependencies: [spilt]}',
    ),
    found: [
      '7:57: error: the task "b" depends on "spilt", which is no task of this plan [unknown-dependency]; did you mean "split"?',
    ],
  },
  'self-dependency': {
    text: planOf('- {name: a, template: sh-template, dependencies: [a]}'),
    found: ['6:57: error: the task "a" depends on itself [self-dependency]'],
  },
  'duplicate-dependency': {
    text: planOf(
      '- {name: a, template: sh-template}',
      '- {name: b, template: sh-template, dependencies: [a, a]}',
    ),
    found: ['7:60: warning: the task "b" lists "a" twice [duplicate-dependency]'],
  },
  cycle: {
    text: planOf(
      '- {name: start, template: sh-template}',
      '- {name: a, template: sh-template, dependencies: [start, b]}',
      '- {name: b, template: sh-template, dependencies: [c]}',
      '- {name: c, template: sh-template, dependencies: [a, b]}',
    ),
    found: [
      '7:64: error: tasks depend on each other in a cycle: a -> b -> c -> a [cycle]; remove one of these dependencies',
    ],
  },
  'unknown-parameter': {
    text: planWithTemplate(
      "inputs: {parameters: [{name: cmd}]}\ncontainer: {image: i, command: [sh, '{{ inputs.parameters.cdm }}']}",
      ', arguments: {parameters: [{value: x}]}',
    ),
    found: [
      '7:41: error: nothing supplies "{{inputs.parameters.cdm}}" here [unknown-parameter]; did you mean "inputs.parameters.cmd"?',
    ],
  },
  'missing-parameter': {
    text: planWithTemplate(`inputs: {parameters: [{name: cmd}]}\n${RUNS}`),
    found: [
      '4:26: error: the task "a" does not supply the parameter "cmd" of the template "x-template" [missing-parameter]',
    ],
  },
  'unused-argument': {
    text: planOf(
      '- {name: a, template: sh-template, arguments: {parameters: [{value: x}, {value: y}, {name: cm, value: z}]}}',
    ),
    found: [
      '6:79: warning: the template "sh-template" does not take argument 2 of the task "a" [unused-argument]',
      '6:91: warning: the template "sh-template" does not take the argument "cm" of the task "a" [unused-argument]; did you mean "cmd"?',
    ],
  },
  'missing-image': {
    text: planWithTemplate('container: {command: [run]}'),
    found: ['6:16: error: the container of the template "x-template" has no "image" [missing-image]'],
  },
  'missing-command': {
    text: planWithTemplate('container: {image: busybox}'),
    found: [
      `6:16: error: the container of the template "x-template" has no "command" [missing-command]; write the program of the image's entry point: a process has no image`,
    ],
  },
  'invalid-env': {
    text: planWithTemplate(
      'container: {image: busybox, command: [run], env: [{name: A=B, value: x}, {value: x}]}',
    ),
    found: [
      `6:62: error: "A=B" can't name a variable [invalid-env]`,
      '6:78: error: a variable in the env of the template "x-template" has no "name" [invalid-env]',
    ],
  },
  'missing-field': {
    executor: 'kubernetes',
    text: planWithTemplate(`${RUNS}\nvolumes:\n- emptyDir: {}`),
    found: ['8:7: error: volumes[0] of the template "x-template" has no "name" [missing-field]'],
  },
  'invalid-name': {
    executor: 'kubernetes',
    text: planWithTemplate(`${RUNS}\nnodeSelector: {a b: c}`),
    found: [
      `7:20: error: "a b" can't be a key in nodeSelector of the template "x-template" [invalid-name]; write [<domain>/]<name>, of letters, digits, '-', '_' and '.'`,
    ],
  },
  'invalid-patch': {
    executor: 'kubernetes',
    text: planWithTemplate(`${RUNS}\npodSpecPatch: |\n  # why\n  nodeSelctor: {}`),
    found: [
      '7:19: error: podSpecPatch of the template "x-template", line 2: the patch has no field "nodeSelctor" in Kubernetes (did you mean "nodeSelector"?) [invalid-patch]',
    ],
  },
  'value-from': {
    text: planWithTemplate(
      'container: {image: i, command: [run], env: [{name: A, valueFrom: {secretKeyRef: {name: s, key: k}}}]}',
    ),
    found: [
      '6:70: warning: the env of the template "x-template": a process gets "A" only where clic-master passes it on [value-from]; start clic-master with A in its environment, and with --pass-env A',
    ],
  },
  'java-master': {
    text: planOf('- {name: a, template: sh-template}'),
    executor: 'java-master',
    found: [
      '6:9: error: the task "a" gives its program no --dagPath=: the Java master waits for ever for the reports of any other [java-master]',
    ],
  },
  'task-name': {
    text: planOf('- {name: a/b, template: sh-template}'),
    found: [`6:16: error: "a/b" can't name a task: it contains '/' [task-name]`],
  },
  'missing-dag-file': {
    text: dagTask('/dags/a.yml'),
    found: ['6:75: error: the physical DAG "/dags/a.yml" of the task "a" is not there [missing-dag-file]'],
  },
  'relative-dag-path': {
    text: dagTask('dags/a.yml'),
    files: { '/plans/dags/a.yml': 'operators: [{ name: sink, params: { outputPath: /out } }]\n' },
    found: [
      '6:75: warning: --dagPath of the task "a" is relative: its program looks for it in its working directory [relative-dag-path]; write the whole path',
    ],
  },
  'unreadable-dag-file': {
    text: dagTask('/dags/a.yml'),
    files: { '/dags/a.yml': 'unreadable' },
    found: ['6:75: error: the physical DAG of the task "a": it is a directory [unreadable-dag-file]'],
  },
  'unchecked-dag-file': {
    text: dagTask('$DIR/a.yml'),
    found: [
      `6:75: warning: the physical DAG "$DIR/a.yml" of the task "a" can't be checked [unchecked-dag-file]; it is not a plain path to a file`,
    ],
  },
  'missing-operators': {
    text: dagTask('/dags/a.yml'),
    files: { '/dags/a.yml': 'id: 1\noperators: []\n' },
    found: ['/dags/a.yml:2:12: error: the physical DAG has no "operators" [missing-operators]'],
  },
  'too-large': {
    text: planOf(
      `- {name: a, template: sh-template, arguments: {parameters: [{value: ${'x'.repeat(131072)}}]}}`,
    ),
    found: [
      '6:16: error: a word of the command of the task "a" has more than 131071 bytes: no program can be started with it [too-large]; put it into a file',
    ],
  },
  'more-findings': {
    text: `${planOf('- {name: a, template: sh-template}')}${Array.from({ length: 1002 }, (_, i) => `key${i}: 1\n`).join('')}`,
    found: [
      ...Array.from(
        { length: 1000 },
        (_, i) => `${i + 11}:1: warning: the plan: the unknown key "key${i}" is ignored [unknown-key]`,
      ),
      '1010:1: warning: 2 more warnings in this file [more-findings]',
    ],
  },
};

const printed = (diagnostic: Diagnostic): string =>
  formatDiagnostic(diagnostic).replace(/^\/plans\/plan.yaml:/, '');

describe('each rule is reported where it is broken, alone', () => {
  it.each(Object.entries(CASES))('%s', async (rule, { text, found, ...options }) => {
    const { plan, diagnostics } = await lintText(text, options);
    expect(diagnostics.map(printed)).toEqual(found);
    expect(diagnostics.map((diagnostic) => diagnostic.rule)).toContain(rule);
    expect(plan === null).toBe(diagnostics.some(({ severity }) => severity === 'error'));
  });
});
