import { expect, it } from 'vitest';
import { Submissions } from '../../../src/master/service/submissions.ts';

it('forgets the oldest tasks of a session, and the oldest sessions, before they are too many', () => {
  const submissions = new Submissions({ sessions: 10, tasks: 20 });
  const note = submissions.begin(0);
  for (let task = 0; task <= 20; task += 1) note(`p-${task}`);
  expect(submissions.has(0, 'p-0')).toBe(false);
  expect(submissions.has(0, 'p-1')).toBe(true);
  expect(submissions.has(0, 'p-20')).toBe(true);
  for (let session = 1; session <= 10; session += 1) submissions.begin(session)('q');
  expect(submissions.has(0, 'p-20')).toBe(false);
  expect(submissions.has(1, 'q')).toBe(true);
});
