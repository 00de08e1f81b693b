import { expect, test, vi } from 'vitest';
import { follow } from '../../../src/cli/follow/follow.ts';
import { InterruptedError, UnreachableError, WaitTimeoutError } from '../../../src/model/errors.ts';
import type { MasterClient } from '../../../src/model/master-client.ts';
import { scene, scriptedMaster, type Scene } from '../../helpers/scripted-master.ts';

const TASK = 'wordcount-abcdefgh';
const RUNNING = scene('RUNNING', 'RUNNING', 'WAITING');
const AWAY = new UnreachableError('connection refused');

/** Follows to the end, and gathers what is said. */
async function notesOf(
  scenes: readonly Scene[],
  noteEveryMs: number,
  stop?: AbortController,
): Promise<string[]> {
  const notes: string[] = [];
  const client = scriptedMaster(scenes) as MasterClient;
  const options = { client, taskName: TASK, timeoutMs: null, signal: (stop ?? new AbortController()).signal };
  const note = (text: string): Promise<void> => {
    notes.push(text);
    if (notes.length === 3) stop?.abort(new InterruptedError('SIGINT', 'interrupted'));
    return Promise.resolve();
  };
  const seen = follow({ ...options, note, noteEveryMs });
  while ((await seen.next()).done !== true);
  return notes;
}

test('a master that is away is asked again until it answers, and that is said at first and from time to time', async () => {
  const seldom = await notesOf(
    [RUNNING, AWAY, AWAY, AWAY, scene('COMPLETED', 'COMPLETED', 'COMPLETED')],
    60_000,
  );
  expect(seldom).toEqual(['connection refused; trying again until it answers']);
  const often = await notesOf([RUNNING, AWAY, AWAY, AWAY, scene('COMPLETED', 'COMPLETED', 'COMPLETED')], 0);
  expect(often[0]).toBe('connection refused; trying again until it answers');
  expect(often).toHaveLength(3);
  expect(often[1]).toMatch(/^the master has not answered for \d+s: connection refused$/);
});

test('without a timeout only a signal ends the wait for a master that stays away', async () => {
  const stop = new AbortController();
  await expect(notesOf([RUNNING, AWAY], 0, stop)).rejects.toThrow(`interrupted; the task ${TASK} goes on`);
});

test('a timeout of five minutes is five minutes, also when the master is away', async () => {
  vi.useFakeTimers();
  try {
    const client = scriptedMaster([RUNNING, AWAY]) as MasterClient;
    const notes: string[] = [];
    const note = (text: string): Promise<void> => Promise.resolve(void notes.push(text));
    const { signal } = new AbortController();
    let end: unknown = null;
    const seen = follow({ client, taskName: TASK, timeoutMs: 300_000, signal, note });
    const done = (async () => {
      while ((await seen.next()).done !== true);
    })().catch((error: unknown) => (end = error));
    await vi.advanceTimersByTimeAsync(295_000);
    expect([end, notes.length]).toEqual([null, 5]);
    await vi.advanceTimersByTimeAsync(10_000);
    await done;
    expect(end).toBeInstanceOf(WaitTimeoutError);
    expect((end as WaitTimeoutError).message).toMatch(
      /^wordcount-abcdefgh has not ended within 5m: the master has been unreachable since/,
    );
  } finally {
    vi.useRealTimers();
  }
});
