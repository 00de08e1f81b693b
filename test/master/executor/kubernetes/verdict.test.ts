import { describe, expect, test } from 'vitest';
import type { JobView } from '../../../../src/master/executor/kubernetes/job-state.ts';
import type { SeenPod } from '../../../../src/master/executor/kubernetes/pod-state.ts';
import { type Facts, verdict } from '../../../../src/master/executor/kubernetes/verdict.ts';

const job: JobView = { name: 'j', uid: 'j', labels: {}, isDeleted: false, end: null };
const failedJob: JobView = { ...job, end: { kind: 'failed', reason: 'BackoffLimitExceeded' } };
const exit = (exitCode: number) => ({ kind: 'exited', exitCode, signal: null }) as const;
const pod = (fields: Partial<SeenPod>): SeenPod => ({
  ...{ uid: 'p', name: 'p', jobName: 'j', container: 'main', isDeleted: false, isGone: false },
  state: { kind: 'running' },
  ...fields,
});
const ended = (code: number, fields: Partial<SeenPod> = {}) =>
  pod({ state: { kind: 'ended', exit: exit(code) }, ...fields });
const facts = (fields: Partial<Facts>): Facts => ({
  ...{ job, pods: [], isStopped: false, isForeign: false, isCertain: false },
  ...fields,
});

describe('an attempt', () => {
  test.each<[string, Partial<Facts>]>([
    ['its pod is not there yet', {}],
    ['its program runs', { pods: [pod({})] }],
    ['its Job is deleted, and its program still runs', { job: 'gone', pods: [pod({ isDeleted: true })] }],
    [
      'it is stopped, and its pod has ended, but is there',
      { isStopped: true, pods: [ended(143)], job: 'gone' },
    ],
    ['its Job is not known yet', { job: 'unknown' }],
    [
      'another master made its Job, and Kubernetes will make another pod',
      { isForeign: true, pods: [ended(1)] },
    ],
  ])('goes on while %s', (_, fields) => {
    expect(verdict(facts({ ...fields, isCertain: true }))).toBe('wait');
  });

  test.each<[string, Partial<Facts>, object]>([
    ['its program succeeded', { pods: [ended(0)] }, exit(0)],
    ['its program succeeded as its pod was deleted', { pods: [ended(0, { isDeleted: true })] }, exit(0)],
    ['its program failed', { pods: [ended(3)] }, exit(3)],
    [
      'its Job has completed, and its pod is gone',
      { job: { ...job, end: { kind: 'complete', at: 7 } } },
      { endedAt: 7, exitCode: 0 },
    ],
    [
      'its Job has failed, and its pod is gone',
      { job: failedJob },
      { kind: 'lost', reason: expect.stringContaining('BackoffLimitExceeded') as string },
    ],
    [
      'another master made its Job, which has failed',
      { isForeign: true, job: failedJob, pods: [ended(1)] },
      exit(1),
    ],
    [
      'its pod was taken away',
      { pods: [pod({ state: { kind: 'displaced', reason: 'Evicted' } })] },
      { kind: 'displaced', reason: 'Evicted' },
    ],
    [
      'its pod was deleted',
      { pods: [ended(143, { isDeleted: true })] },
      { kind: 'displaced', reason: 'its pod was deleted' },
    ],
    [
      'its Job was deleted before its pod',
      { job: { ...job, isDeleted: true }, pods: [ended(143, { isDeleted: true })] },
      { kind: 'lost' },
    ],
    [
      'its Job was deleted',
      { job: 'gone', pods: [pod({ isGone: true })] },
      { kind: 'lost', reason: 'its Job was deleted' },
    ],
    ['its Job was deleted before it had a pod', { job: 'gone' }, { kind: 'lost' }],
    [
      'it is stopped, and gone',
      { isStopped: true, job: 'gone', pods: [ended(143, { isGone: true })] },
      exit(143),
    ],
    [
      'it is stopped, and never ran',
      { isStopped: true, job: 'gone' },
      { kind: 'failed-to-start', isFinal: false },
    ],
  ])('has ended when %s', (_, fields, ending) => {
    expect(verdict(facts({ ...fields, isCertain: true }))).toMatchObject({ ending });
  });

  test.each<[string, Partial<Facts>]>([
    ['its pod was deleted: alone, or with its Job', { pods: [ended(143, { isDeleted: true })] }],
    ['its Job is gone, and maybe its pod was not told of', { job: 'gone' }],
    ['its Job has ended, and maybe its pod was not told of', { job: failedJob }],
  ])('is looked at when %s', (_, fields) => {
    expect(verdict(facts(fields))).toBe('look');
  });

  test('has its log kept when its program failed, and only then', () => {
    expect(verdict(facts({ pods: [ended(3)] }))).toMatchObject({ logOf: { name: 'p' } });
    expect(verdict(facts({ pods: [ended(0)] }))).toMatchObject({ logOf: null });
  });
});
