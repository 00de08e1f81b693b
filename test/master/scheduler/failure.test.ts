import { describe, expect, it } from 'vitest';
import type { Plan, RetryStrategy } from '../../../src/model/plan.ts';
import { type Ending, Machine } from './support/machine.ts';
import { chain, planOf } from './support/plans.ts';

describe('a stage that fails', () => {
  it('is run again as often as it may be, and then fails its task', () => {
    const machine = new Machine({ maxRetries: 2 });
    machine.submit(chain(2));
    expect(machine.exit(1, 1)).toEqual(['start 1/2']);
    expect(machine.exit(1, 1)).toEqual(['start 1/3']);
    expect(machine.stage(1)).toMatchObject({ status: 'RUNNING', retryCount: 2, failure: { attempt: 2 } });
    machine.now = 7000;
    expect(machine.exit(1, 3)).toEqual([]);
    expect(machine.stage(1)).toMatchObject({
      status: 'FAILED',
      failure: { attempt: 3, reason: 'exited with code 3', hasLog: true },
      completeTime: 7000,
    });
    expect(machine.statuses).toEqual(['FAILED', 'FAILED', 'WAITING']);
    expect(machine.task().completeTime).toBe(7000);
  });

  it('goes on with its children when a retry succeeds', () => {
    const machine = new Machine();
    machine.submit(chain(2));
    machine.exit(1, 1);
    expect(machine.exit(1, 0)).toEqual(['start 2']);
    expect(machine.stage(1)).toMatchObject({ status: 'COMPLETED', retryCount: 1, attempt: 2 });
  });

  it.each<[Ending, string]>([
    [{ kind: 'exited', exitCode: 42, signal: null }, 'exited with code 42'],
    [{ kind: 'exited', exitCode: null, signal: 'SIGKILL' }, 'killed by SIGKILL'],
    [{ kind: 'exited', exitCode: null, signal: null }, 'ended without an exit code'],
    [
      { kind: 'failed-to-start', reason: 'no such program', isFinal: false },
      'could not start: no such program',
    ],
  ])('says why: %j', (ending, reason) => {
    const machine = new Machine({ maxRetries: 0 });
    machine.submit(planOf([]));
    machine.end(1, ending);
    const hasLog = ending.kind !== 'failed-to-start';
    expect(machine.stage(1)).toMatchObject({ status: 'FAILED', failure: { attempt: 1, reason, hasLog } });
  });

  it.each<[Ending, string]>([
    [{ kind: 'exited', exitCode: 127, signal: null }, 'exited with code 127: a command was not found'],
    [{ kind: 'exited', exitCode: 126, signal: null }, "exited with code 126: a command can't be run"],
    [
      { kind: 'failed-to-start', reason: 'its command is empty', isFinal: true },
      'could not start: its command is empty',
    ],
  ])('is not run again where every try would end the same way: %j', (ending, reason) => {
    const machine = new Machine({ maxRetries: 3 });
    machine.submit(planOf([]));
    expect(machine.end(1, ending)).toEqual([]);
    expect(machine.stage(1)).toMatchObject({ status: 'FAILED', retryCount: 0, failure: { reason } });
  });

  it('holds back the children that were not launched, when its data was prepared', () => {
    const machine = new Machine({ maxRunning: 2 });
    machine.submit(planOf([], [0], [0]));
    expect(machine.tell('prepared', 1)).toEqual(['start 2']);
    expect(machine.exit(1, 1)).toEqual(['start 1/2']);
    expect(machine.exit(2, 0)).toEqual([]);
    expect(machine.tell('prepared', 1)).toEqual(['start 3']);
  });

  it('is not run again for the exit of an earlier attempt, or a second report of the same exit', () => {
    const machine = new Machine();
    machine.submit(planOf([]));
    expect(machine.exit(1, 1)).toEqual(['start 1/2']);
    expect(machine.end(1, { kind: 'exited', exitCode: 1, signal: null }, 1)).toEqual([]);
    expect(machine.reply).toBe('ignored');
    machine.exit(1, 0);
    machine.exit(1, 1);
    expect(machine.stage(1)).toMatchObject({ status: 'COMPLETED', retryCount: 1 });
  });
});

describe('the pause before a retry', () => {
  it('doubles with each, up to five minutes', () => {
    const machine = new Machine({ maxRetries: 12, retryDelayMs: 1000 });
    machine.submit(planOf([]));
    const pauses: number[] = [];
    for (let retry = 1; retry <= 12; retry += 1) {
      expect(machine.exit(1, 1)).toEqual([]);
      const at = machine.wakeAt() ?? 0;
      pauses.push(at - machine.now);
      machine.now = at - 1;
      expect(machine.apply({ kind: 'wake' })).toEqual([]);
      machine.now = at;
      expect(machine.apply({ kind: 'wake' })).toEqual([`start 1/${retry + 1}`]);
      expect(machine.wakeAt()).toBeNull();
    }
    expect(pauses.slice(0, 4)).toEqual([1000, 2000, 4000, 8000]);
    expect(pauses.slice(-2)).toEqual([300_000, 300_000]);
  });

  it('is kept by a stage that was suspended and continued while there was no room', () => {
    const machine = new Machine({ maxRunning: 1, retryDelayMs: 1000 });
    machine.submit(planOf([], []));
    machine.tell('suspend', 2);
    machine.tell('continue', 2);
    machine.exit(1, 0);
    expect(machine.stage(2)).toMatchObject({ status: 'RUNNING', notBefore: null });
    expect(machine.exit(2, 1)).toEqual([]);
    expect(machine.stage(2)).toMatchObject({ status: 'WAITING', notBefore: 2000 });
    machine.now = 2000;
    expect(machine.apply({ kind: 'wake' })).toEqual(['start 2/2']);
    expect(machine.stage(2).notBefore).toBeNull();
  });

  it('asks for no wake once it is over, although there is no room yet', () => {
    const machine = new Machine({ maxRunning: 1, retryDelayMs: 10 });
    machine.submit(planOf([], []));
    expect(machine.exit(1, 1)).toEqual(['start 2']);
    machine.now = 1010;
    expect(machine.apply({ kind: 'wake' })).toEqual([]);
    expect(machine.wakeAt()).toBeNull();
    expect(machine.exit(2, 0)).toEqual(['start 1/2']);
  });

  it('goes on for a stage that is suspended in it', () => {
    const machine = new Machine({ retryDelayMs: 1000 });
    machine.submit(planOf([]));
    machine.exit(1, 1);
    machine.tell('suspend', 1);
    expect(machine.wakeAt()).toBeNull();
    machine.now = 1500;
    expect(machine.tell('continue', 1)).toEqual([]);
    expect(machine.wakeAt()).toBe(2000);
    machine.tell('suspend', 1);
    machine.now = 3000;
    expect(machine.tell('continue', 1)).toEqual(['start 1/2']);
  });
});

describe('a task that has failed', () => {
  it('starts nothing more, retries included, and lets unrelated programs end by themselves', () => {
    const machine = new Machine({ maxRetries: 1 });
    machine.submit(planOf([], [], [1], []));
    machine.exit(4, 1);
    machine.exit(4, 1);
    expect(machine.statuses).toEqual(['FAILED', 'RUNNING', 'RUNNING', 'WAITING', 'FAILED']);
    expect(machine.task().completeTime).toBeNull();
    expect(machine.exit(1, 1)).toEqual([]);
    expect(machine.stage(1)).toMatchObject({ status: 'FAILED', retryCount: 0 });
    machine.now = 8000;
    expect(machine.exit(2, 0)).toEqual([]);
    expect(machine.statuses).toEqual(['FAILED', 'FAILED', 'COMPLETED', 'WAITING', 'FAILED']);
    expect(machine.task().completeTime).toBe(8000);
  });

  it('does not keep others waiting', () => {
    const machine = new Machine({ maxRunning: 1, maxRetries: 0 });
    machine.submit(planOf([], []));
    machine.submit(planOf([]), 'p-bbbbbbbb');
    expect(machine.exit(1, 1)).toEqual(['start bbbbbbbb:1']);
  });

  it('stops the running descendants of the stage that failed, and no others', () => {
    const machine = new Machine({ maxRetries: 0 });
    machine.submit(planOf([], [0], [1], [], [0]));
    machine.tell('prepared', 1);
    machine.tell('prepared', 2);
    machine.tell('completed', 5);
    expect(machine.exit(1, 1)).toEqual(['stop 2', 'stop 5', 'stop 3']);
    expect(machine.task().failure).toBe('s1: exited with code 1');
    expect(machine.statuses).toEqual(['FAILED', 'FAILED', 'PREPARED', 'RUNNING', 'RUNNING', 'RUNNING']);
    machine.tell('completed', 3);
    expect(machine.reply).toBe('ignored');
    expect(machine.exit(3, 0)).toEqual([]);
    machine.end(2, { kind: 'exited', exitCode: null, signal: 'SIGTERM' });
    machine.exit(4, 0);
    machine.exit(5, 0);
    const failure = { reason: 'stopped: s1 failed' };
    expect([machine.stage(2), machine.stage(3)]).toMatchObject([
      { status: 'FAILED', failure },
      { status: 'FAILED', failure },
    ]);
    expect(machine.stage(4).status).toBe('COMPLETED');
    expect(machine.stage(5)).toMatchObject({ status: 'FAILED', failure });
    expect(machine.task().completeTime).not.toBeNull();
  });
});

describe('the plan', () => {
  const retried = (retry: Partial<RetryStrategy>): Plan => {
    const none = { limit: null, delayMs: null, factor: null, maxDelayMs: null, maxDurationMs: null };
    const plan = planOf([]);
    return { ...plan, stages: plan.stages.map((stage) => ({ ...stage, retry: { ...none, ...retry } })) };
  };

  it('says how often a stage is run again, over what the master is set to', () => {
    const machine = new Machine({ maxRetries: 3 });
    machine.submit(retried({ limit: 1 }));
    expect(machine.exit(1, 1)).toEqual(['start 1/2']);
    expect(machine.exit(1, 1)).toEqual([]);
    expect(machine.stage(1)).toMatchObject({ status: 'FAILED', retryCount: 1 });
  });

  it('says how long the pauses are, how they grow, and how far', () => {
    const machine = new Machine({ maxRetries: 4 });
    machine.submit(retried({ delayMs: 100, factor: 3, maxDelayMs: 500 }));
    const pauses = [0, 1, 2, 3].map(() => {
      machine.exit(1, 1);
      const pause = (machine.wakeAt() ?? 0) - machine.now;
      machine.now += pause;
      machine.apply({ kind: 'wake' });
      return pause;
    });
    expect(pauses).toEqual([100, 300, 500, 500]);
  });

  it('says until when after its first start a stage may be run again', () => {
    const machine = new Machine({ maxRetries: 9, retryDelayMs: 0 });
    machine.submit(retried({ maxDurationMs: 1000 }));
    machine.now += 1000;
    expect(machine.exit(1, 1)).toEqual(['start 1/2']);
    machine.now += 1;
    expect(machine.exit(1, 1)).toEqual([]);
    expect(machine.stage(1).status).toBe('FAILED');
  });

  it('says how long an attempt may run: then it is stopped, has failed, and may be run again', () => {
    const machine = new Machine({ maxRetries: 1 });
    const plan = planOf([]);
    machine.submit({ ...plan, stages: plan.stages.map((stage) => ({ ...stage, deadlineMs: 5000 })) });
    expect(machine.wakeAt()).toBe(6000);
    machine.now = 6000;
    expect(machine.apply({ kind: 'wake' })).toEqual(['stop 1']);
    expect(machine.wakeAt()).toBeNull();
    const reason = 'stopped: it ran longer than its activeDeadlineSeconds (5 s)';
    expect(machine.exit(1, 0)).toEqual(['start 1/2']);
    expect(machine.stage(1)).toMatchObject({ status: 'RUNNING', failure: { attempt: 1, reason } });
    expect(machine.wakeAt()).toBe(11_000);
    expect(machine.exit(1, 0)).toEqual([]);
    expect(machine.stage(1)).toMatchObject({ status: 'COMPLETED', failure: null });
  });

  it('fails no attempt that ended in time while there was no master, and stops one that still runs', () => {
    const machine = new Machine();
    const plan = planOf([], []);
    machine.submit({ ...plan, stages: plan.stages.map((stage) => ({ ...stage, deadlineMs: 5000 })) });
    machine.now = 3_600_000;
    expect(machine.restart()).toEqual(['start 1', 'start 2']);
    machine.end(1, { kind: 'exited', exitCode: 0, signal: null, endedAt: 3000 });
    expect(machine.stage(1)).toMatchObject({ status: 'COMPLETED', completeTime: 3000 });
    expect(machine.wakeAt()).toBe(3_610_000);
    machine.now = 3_610_000;
    expect(machine.apply({ kind: 'wake' })).toEqual(['stop 2']);
  });

  it('makes pauses of whole milliseconds, none for a first one of none, and none shorter than it says', () => {
    const pauseAfter = (retry: Partial<RetryStrategy>, failures: number): number => {
      const machine = new Machine({ maxRetries: 5000 });
      machine.submit(retried(retry));
      let pause = 0;
      for (let failure = 0; failure < failures; failure += 1) {
        machine.exit(1, 1);
        pause = (machine.wakeAt() ?? machine.now) - machine.now;
        machine.now += pause;
        machine.apply({ kind: 'wake' });
      }
      return pause;
    };
    expect(pauseAfter({ delayMs: 1001, factor: 1.1 }, 2)).toBe(1101);
    expect(pauseAfter({ delayMs: 0, factor: 1000 }, 200)).toBe(0);
    expect(pauseAfter({ delayMs: 1_800_000 }, 1)).toBe(1_800_000);
  });

  it('says how long a task may take: then everything of it is stopped', () => {
    const machine = new Machine();
    machine.submit({ ...planOf([], [0]), deadlineMs: 2000 });
    machine.now = 2999;
    expect(machine.apply({ kind: 'wake' })).toEqual([]);
    machine.now = 3000;
    expect(machine.apply({ kind: 'wake' })).toEqual(['stop 1']);
    const failure = 'the task ran longer than its activeDeadlineSeconds (2 s)';
    expect(machine.task()).toMatchObject({ status: 'FAILED', failure, completeTime: null });
    machine.end(1, { kind: 'exited', exitCode: null, signal: 'SIGTERM' });
    expect(machine.stage(1).failure?.reason).toBe(`stopped: ${failure}`);
    expect(machine.statuses).toEqual(['FAILED', 'FAILED', 'WAITING']);
    expect(machine.task().completeTime).toBe(3000);
  });
});
