import type { Budget } from './budget.ts';
import type { Scope } from './pattern.ts';
import type { PlanReader } from './plan-reader.ts';
import type { Task } from './tasks.ts';
import type { StageTemplate } from './template.ts';
import { quote } from './text.ts';

/**
 * The values of a template's inputs for one task: its arguments, by name or else by position, then the template's
 * own values. Reports inputs that get none, and arguments that no input takes.
 */
export function bindArguments(
  reader: PlanReader,
  task: Task,
  template: StageTemplate,
  scope: Scope,
  budget: Budget,
): Map<string, string> {
  const { findings } = reader;
  const what = `the task ${quote(task.name.text)}`;
  const values = new Map<string, string>();
  for (const [position, { name, value, offset }] of task.arguments.entries()) {
    const target = name === null ? template.inputs[position]?.name : name.text;
    if (target === undefined || !template.inputNames.has(target)) {
      const label = name === null ? `argument ${position + 1}` : `the argument ${quote(name.text)}`;
      const hint = name === null ? undefined : findings.suggest(name.text, template.inputNames);
      const message = `the template ${quote(template.name.text)} does not take ${label} of ${what}`;
      findings.warning(offset, 'unused-argument', message, hint);
    } else if (value !== null) {
      values.set(target, scope.fill(value, budget));
    }
  }
  budget.spend(template.inputs.length);
  for (const { name, value } of budget.exhausted ? [] : template.inputs) {
    if (values.has(name)) continue;
    if (value !== null) values.set(name, value);
    else {
      const message = `${what} does not supply the parameter ${quote(name)} of the template ${quote(template.name.text)}`;
      findings.error(task.name.offset, 'missing-parameter', message);
    }
  }
  return values;
}
