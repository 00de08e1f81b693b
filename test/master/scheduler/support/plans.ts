import type { Plan } from '../../../../src/model/plan.ts';

/** A plan of plain programs; for each stage, the indexes of those that it depends on. */
export function planOf(...dependencies: readonly (readonly number[])[]): Plan {
  return {
    stages: dependencies.map((parents, index) => ({
      name: `s${index + 1}`,
      template: 'shell-t',
      platform: 'shell',
      dependencies: parents,
      image: 'busybox:1',
      command: ['/bin/true'],
      entryWords: 1,
      pod: null,
      env: {},
      outputPath: null,
      outputs: [],
      retry: null,
      deadlineMs: null,
    })),
    deadlineMs: null,
    parallelism: null,
  };
}

/** One stage after the other. */
export function chain(length: number): Plan {
  return planOf(...Array.from({ length }, (_, index) => (index === 0 ? [] : [index - 1])));
}

/** The n-th stage (from 1) of a task, as events name it. */
export function place(n: number, taskName = 'p-aaaaaaaa'): { taskName: string; index: number } {
  return { taskName, index: n - 1 };
}

/** The id of the n-th stage (from 1) of a task of `planOf`. */
export function id(n: number, taskName = 'p-aaaaaaaa'): string {
  return `${taskName}-shell-t-${n}`;
}
