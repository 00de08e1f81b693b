import { expect, test } from 'vitest';
import { Sightings } from '../../../../src/master/executor/kubernetes/sightings.ts';

const JOB = { name: 'j', uid: 'j', labels: {}, isDeleted: false, end: null };
const POD = {
  ...{ uid: 'p', name: 'p', jobName: 'j', container: 'main', isDeleted: false, isGone: false },
  state: { kind: 'pending', waitsFor: null },
} as const;

test('why a pod was refused is told until there is one, and not again by an event that is left', () => {
  const seen = new Sightings();
  expect(seen.waitsFor).toBeNull();
  seen.jobSeen(JOB);
  expect(seen.waitsFor).toBe('Kubernetes has made no pod of its Job yet');
  seen.hindered('job', 'exceeded quota');
  expect(seen.waitsFor).toBe('its pod is refused: exceeded quota');
  seen.podSeen(POD);
  seen.hindered('job', 'exceeded quota');
  expect(seen.waitsFor).toBeNull();
  seen.hindered('pod', 'no such volume');
  expect(seen.waitsFor).toBe('its pod does not start: no such volume');
  seen.podSeen({ ...POD, state: { kind: 'running' } });
  expect(seen.waitsFor).toBeNull();
});

test('another Job of the same name is not taken for its own', () => {
  const seen = new Sightings();
  seen.jobMade(JOB);
  expect(seen.jobSeen({ ...JOB, uid: 'another', isDeleted: true })).toBe(false);
  expect(seen.jobGone('another')).toBe(false);
  expect(seen.job).toBe(JOB);
  expect(seen.jobGone('j')).toBe(true);
  expect(seen.job).toBe('gone');
});

test('what is not there when it is looked at is gone', () => {
  const seen = new Sightings();
  seen.podSeen(POD);
  expect(seen.misses('pods', new Set(['p']))).toBe(false);
  expect(seen.misses('pods', new Set())).toBe(true);
  seen.looked(null, []);
  expect([seen.job, seen.pods.map(({ isGone }) => isGone)]).toEqual(['gone', [true]]);
  expect(seen.misses('pods', new Set())).toBe(false);
});
