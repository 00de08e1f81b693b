import { expect, it } from 'vitest';
import { type Changes, coalesce, isEmpty } from '../../../src/master/state/changes.ts';
import { NEW_STAGE } from '../../../src/master/state/records.ts';
import { planRecord } from '../../../src/master/state/submission.ts';
import { chain } from '../scheduler/support/plans.ts';

const NONE: Changes = { plans: [], tasks: [], stages: [], deletedTasks: [], deletedPlans: [] };
const PLAN = planRecord(chain(2));

function submitted(name: string): Changes {
  const task = {
    name,
    planName: 'p',
    planDir: '/plans',
    planId: PLAN.id,
    seq: 0,
    submitTime: 0,
    startTime: null,
    completeTime: null,
    status: 'NEW' as const,
    failure: null,
  };
  const stage = (index: number) => ({ taskName: name, index, state: { ...NEW_STAGE, attempt: 1 } });
  return { ...NONE, plans: [PLAN], tasks: [task], stages: [stage(0), stage(1)] };
}

it('keeps the last version of each record', () => {
  const first = submitted('p-aaaaaaaa');
  const later = { taskName: 'p-aaaaaaaa', index: 0, state: { ...NEW_STAGE, attempt: 2 } };
  const batch = coalesce([first, { ...NONE, stages: [later] }]);
  expect(batch).toEqual({ ...first, stages: [later, first.stages[1]] });
});

it('has no records of tasks that are deleted in the same batch', () => {
  const [gone, stays] = [submitted('p-aaaaaaaa'), submitted('p-bbbbbbbb')];
  const batch = coalesce([gone, stays, { ...NONE, deletedTasks: ['p-aaaaaaaa'] }]);
  expect(batch).toEqual({ ...stays, deletedTasks: ['p-aaaaaaaa'] });
});

it('has no plan that went, and has one that came back', () => {
  const gone = { ...NONE, deletedPlans: [PLAN.id] };
  expect(coalesce([submitted('p-aaaaaaaa'), gone])).toMatchObject({ plans: [], deletedPlans: [PLAN.id] });
  expect(coalesce([gone, submitted('p-aaaaaaaa')])).toMatchObject({ plans: [PLAN], deletedPlans: [PLAN.id] });
});

it('is empty when nothing changed', () => {
  expect(isEmpty(coalesce([]))).toBe(true);
  expect(isEmpty(submitted('p-aaaaaaaa'))).toBe(false);
  expect(isEmpty({ ...NONE, deletedTasks: ['p-aaaaaaaa'] })).toBe(false);
});
