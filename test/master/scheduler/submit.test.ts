import { expect, it } from 'vitest';
import { newRecords } from '../../../src/master/scheduler/submit.ts';
import { planOf } from './support/plans.ts';

it('makes of a plan the records of a task in which nothing has started', () => {
  const plan = planOf([1, 2], [], [1]);
  const { task, stages } = newRecords(
    { taskName: 'p-aaaaaaaa', planName: 'p', planDir: '/plans', plan },
    5,
    1000,
  );
  const ids = ['p-aaaaaaaa-shell-t-1', 'p-aaaaaaaa-shell-t-2', 'p-aaaaaaaa-shell-t-3'];
  expect(task).toEqual({
    name: 'p-aaaaaaaa',
    planName: 'p',
    planDir: '/plans',
    seq: 5,
    submitTime: 1000,
    startTime: null,
    completeTime: null,
    status: 'NEW',
    stageIds: ids,
  });
  expect(stages.map(({ id, index, parents, children }) => ({ id, index, parents, children }))).toEqual([
    { id: ids[0], index: 0, parents: [ids[1], ids[2]], children: [] },
    { id: ids[1], index: 1, parents: [], children: [ids[0], ids[2]] },
    { id: ids[2], index: 2, parents: [ids[1]], children: [ids[0]] },
  ]);
  expect(stages[0]).toMatchObject({
    taskName: 'p-aaaaaaaa',
    platform: 'shell',
    template: 'shell-t',
    status: 'WAITING',
  });
  expect(stages[0]).toMatchObject({ attempt: 0, live: false, retryCount: 0, notBefore: null, failure: null });
  expect(stages[0]).toMatchObject({ image: 'busybox:1', command: ['/bin/true'], env: {}, outputPath: null });
});
