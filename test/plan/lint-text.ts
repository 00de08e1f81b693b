import { PlanInvalidError } from '../../src/model/diagnostic.ts';
import { NotFoundError } from '../../src/model/errors.ts';
import { type CheckOptions, type LoadedPlan, checkPlan } from '../../src/plan/check.ts';

/** Checks a plan's text as the file `/plans/plan.yaml`, beside the given physical DAGs; for processes, unless it is said. */
export async function lintText(
  text: string,
  options: CheckOptions & { files?: Record<string, string> } = {},
): Promise<LoadedPlan> {
  const files = new Map(Object.entries(options.files ?? {}));
  const readDag = (path: string): Promise<string> => {
    const found = files.get(path);
    if (found === 'unreadable') return Promise.reject(new PlanInvalidError('it is a directory'));
    return found === undefined ? Promise.reject(new NotFoundError(`no ${path}`)) : Promise.resolve(found);
  };
  return checkPlan(text, '/plans/plan.yaml', { readDag }, { executor: 'process', ...options });
}

/** A plan whose tasks are the given YAML lines, with a template `sh-template` that runs the parameter `cmd`. */
export function planOf(...tasks: string[]): string {
  return `spec:
  templates:
  - name: main
    dag:
      tasks:
${tasks.map((line) => `      ${line}\n`).join('')}
  - name: sh-template
    inputs: {parameters: [{name: cmd, value: 'true'}]}
    container: {image: busybox, command: [/bin/sh, -c], args: ['{{inputs.parameters.cmd}}']}
`;
}

/** A plan of one task, `a`, of a template `x-template` with the given YAML after its name. */
export function planWithTemplate(template: string, task = ''): string {
  return `spec:
  templates:
  - name: main
    dag: {tasks: [{name: a, template: x-template${task}}]}
  - name: x-template
${template.replace(/^/gm, '    ')}
`;
}
