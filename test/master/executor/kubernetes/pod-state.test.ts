import { createReadStream } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { type PodView, podView } from '../../../../src/master/executor/kubernetes/pod-state.ts';
import { watchEvents, type WatchEvent } from '../../../../src/master/kubernetes/watch-events.ts';

/** What a real API server sent of pods, shortened: one for each way to end, and for what keeps one from its start. */
const RECORDED = new URL('../../../fixtures/kubernetes/pods-watch.jsonl', import.meta.url);

async function recorded(highWaterMark?: number): Promise<WatchEvent[]> {
  const events: WatchEvent[] = [];
  for await (const event of watchEvents(createReadStream(RECORDED, { highWaterMark }))) events.push(event);
  return events;
}

/** The last that was told of the pod of a Job. */
async function podOf(jobName: string): Promise<PodView | undefined> {
  const views = (await recorded()).map(({ object }) => podView(object));
  return views.findLast((view) => view?.jobName === jobName) ?? undefined;
}

describe('the program of a pod', () => {
  test.each([
    ['succeeded', { exitCode: 0, signal: null }],
    ['exited', { exitCode: 3, signal: null }],
    ['oom', { exitCode: null, signal: 'SIGKILL', reason: 'OOMKilled' }],
    ['deadline', { exitCode: null, signal: 'SIGKILL', reason: 'DeadlineExceeded' }],
    ['init', { exitCode: 4, signal: null, reason: 'its init container prepare' }],
  ])('has ended: %s', async (job, exit) => {
    expect((await podOf(job))?.state).toMatchObject({ kind: 'ended', exit });
  });

  test('tells when it ended', async () => {
    const endedAt = Date.parse('2026-11-25T02:17:23Z');
    expect((await podOf('exited'))?.state).toMatchObject({ exit: { endedAt } });
  });

  test('was taken away when its pod was evicted, however its program ended then', async () => {
    expect(await podOf('evicted')).toMatchObject({
      isDeleted: true,
      state: { kind: 'displaced', reason: expect.stringContaining('EvictionByEvictionAPI') as string },
    });
  });

  test.each([
    ['config', 'its container can\'t start: CreateContainerConfigError: configmap "none" not found'],
    ['noimage', "its container can't start: ErrImagePull: "],
    ['unschedulable', "its pod can't be scheduled: 0/5 nodes are available: "],
  ])('does not start, and it is known why: %s', async (job, waitsFor) => {
    const view = await podOf(job);
    expect(view?.state).toMatchObject({ kind: 'pending' });
    expect(view?.state.kind === 'pending' ? view.state.waitsFor : '').toContain(waitsFor);
  });

  test('runs', async () => {
    expect(await podOf('running')).toMatchObject({
      container: 'main',
      isDeleted: false,
      state: { kind: 'running' },
    });
  });
});

test('a watch is read the same, wherever it is cut', async () => {
  const whole = await recorded();
  expect(whole.map(({ type }) => type)).toContain('BOOKMARK');
  expect(whole).toHaveLength(13);
  for (const size of [1, 7, 1024]) expect(await recorded(size)).toEqual(whole);
});
