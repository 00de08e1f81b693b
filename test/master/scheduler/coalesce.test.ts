import { expect, it } from 'vitest';
import { coalesce, isEmpty } from '../../../src/master/scheduler/coalesce.ts';
import { newRecords } from '../../../src/master/scheduler/submit.ts';
import { chain } from './support/plans.ts';

function submitted(taskName: string) {
  const { task, stages } = newRecords({ taskName, planName: 'p', planDir: '/plans', plan: chain(2) }, 0, 0);
  return { tasks: [task], stages, deletedTasks: [] };
}

it('keeps the last version of each record', () => {
  const first = submitted('p-aaaaaaaa');
  const [one, two] = first.stages;
  const later = { ...one!, status: 'RUNNING' as const };
  const batch = coalesce([first, { tasks: [], stages: [later], deletedTasks: [] }]);
  expect(batch).toEqual({ tasks: first.tasks, stages: [later, two], deletedTasks: [] });
});

it('has no records of tasks that are deleted in the same batch', () => {
  const [gone, stays] = [submitted('p-aaaaaaaa'), submitted('p-bbbbbbbb')];
  const batch = coalesce([gone, stays, { tasks: [], stages: [], deletedTasks: ['p-aaaaaaaa'] }]);
  expect(batch).toEqual({ ...stays, deletedTasks: ['p-aaaaaaaa'] });
});

it('is empty when nothing changed', () => {
  expect(isEmpty(coalesce([]))).toBe(true);
  expect(isEmpty(submitted('p-aaaaaaaa'))).toBe(false);
  expect(isEmpty({ tasks: [], stages: [], deletedTasks: ['p-aaaaaaaa'] })).toBe(false);
});
