import type { ExecutorName } from '../../src/plan/executors.ts';
import { planOf, planWithTemplate } from './lint-text.ts';

/** A plan that breaks a rule. */
export interface Case {
  readonly text: string;
  readonly files?: Record<string, string>;
  readonly planName?: string;
  readonly executor?: ExecutorName;
  /** Everything that is found, as it is printed, without the file. */
  readonly found: readonly string[];
}

const RUNS = 'container: {image: busybox, command: [run]}';

/** The rules about a file as YAML, and about its shape. */
export const SHAPE_CASES = {
  'yaml-syntax': {
    text: 'spec:\n  templates: a: b\n',
    found: [
      "2:14: error: Nested mappings are not allowed in compact mappings [yaml-syntax]; quote a value that contains ': '",
    ],
  },
  'yaml-tag': {
    text: planOf('- !task {name: a, template: sh-template}'),
    found: ['6:9: warning: Unresolved tag: !task [yaml-tag]'],
  },
  'multiple-documents': {
    text: 'spec: {}\n---\nspec: {}\n',
    found: [
      '2:1: error: the file holds more than one YAML document [multiple-documents]; keep one plan a file',
    ],
  },
  'duplicate-key': {
    text: 'metadata:\n  name: a\n  labels: {}\n  name: b\nspec: {}\n',
    found: ['4:3: error: the key "name" stands twice in this mapping [duplicate-key]'],
  },
  'too-deep': {
    text: `metadata: ${'['.repeat(120)}${']'.repeat(120)}\n`,
    found: ['1:110: error: collections are nested more than 100 deep [too-deep]'],
  },
  'alias-expansion': {
    text: `metadata:\n  l0: &l0 [x]\n${Array.from({ length: 9 }, (_, i) => `  l${i + 1}: &l${i + 1} [${Array(10).fill(`*l${i}`).join(',')}]\n`).join('')}`,
    found: ['8:24: error: aliases repeat more than 1000000 values [alias-expansion]'],
  },
  'wrong-type': {
    text: planOf('- {name: a, template: sh-template, dependencies: b}', '- {name: b, template: sh-template}'),
    found: ['6:56: error: the dependencies of the task "a" must be a list, but is "b" [wrong-type]'],
  },
  'invalid-text': {
    text: planWithTemplate('container: {image: busybox, command: [run, "a\\0b"]}'),
    found: [
      '6:48: error: a word of the command of the template "x-template" contains a NUL character, which no program can be given [invalid-text]',
    ],
  },
  'missing-spec': {
    text: 'apiVersion: argoproj.io/v1alpha1\nkind: Workflow\n',
    found: ['1:1: error: the plan has no "spec" [missing-spec]'],
  },
  'missing-templates': {
    text: 'spec:\n  entrypoint: main\n',
    found: ['2:3: error: "spec" has no "templates" [missing-templates]'],
  },
  'missing-dag': {
    text: `spec:\n  templates:\n  - name: a\n    ${RUNS}\n`,
    found: [
      '3:11: error: the template "a", where the plan starts, has no "dag" [missing-dag]; name the template that has it in spec.entrypoint',
    ],
  },
  'missing-tasks': {
    text: 'spec:\n  templates:\n  - name: main\n    dag:\n      tasks: []\n',
    found: ['5:14: error: the dag of the template "main" has no tasks [missing-tasks]'],
  },
  'missing-name': {
    text: planOf('- {template: sh-template}', "- {name: '', template: sh-template}"),
    found: [
      '6:9: error: a task has no "name" [missing-name]',
      '7:9: error: a task has no "name" [missing-name]',
      '9:11: warning: no task uses the template "sh-template" [unused-template]',
    ],
  },
  'missing-template': {
    text: planOf('- name: a', '- {name: b, template: sh-template}'),
    found: ['6:9: error: the task "a" names no "template" [missing-template]'],
  },
  'missing-container': {
    text: planWithTemplate('inputs: {}'),
    found: [
      '5:11: error: the template "x-template" has no "container": there is nothing to run [missing-container]',
    ],
  },
  'unknown-key': {
    text: planOf('- {name: a, template: sh-template, dependancies: []}'),
    found: [
      '6:42: warning: the task "a": the unknown key "dependancies" is ignored [unknown-key]; did you mean "dependencies"?',
    ],
  },
  'ignored-key': {
    text: planWithTemplate(`${RUNS}\noutputs: {parameters: [{name: x}]}`),
    found: [
      '7:15: warning: the outputs of the template "x-template": "parameters" is ignored [ignored-key]; stages pass data through storage that they share',
    ],
  },
  unsupported: {
    text: planOf("- {name: a, template: sh-template, when: '1 == 2'}"),
    found: [
      '6:42: error: the task "a": clic does not support "when" [unsupported]; every task of the plan runs, once',
    ],
  },
} satisfies Record<string, Case>;
