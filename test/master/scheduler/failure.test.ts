import { describe, expect, it } from 'vitest';
import { type Ending, Machine } from './support/machine.ts';
import { chain, id, planOf } from './support/plans.ts';

describe('a stage that fails', () => {
  it('is run again as often as it may be, and then fails its task', () => {
    const machine = new Machine({ maxRetries: 2 });
    machine.submit(chain(2));
    expect(machine.exit(1, 1)).toEqual(['start 1/2']);
    expect(machine.exit(1, 1)).toEqual(['start 1/3']);
    expect(machine.stage(1)).toMatchObject({ status: 'RUNNING', retryCount: 2, failure: null });
    machine.now = 7000;
    expect(machine.exit(1, 3)).toEqual([]);
    expect(machine.stage(1)).toMatchObject({
      status: 'FAILED',
      failure: 'exited with code 3',
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
  ])('says why: %j', (ending, failure) => {
    const machine = new Machine({ maxRetries: 0 });
    machine.submit(planOf([]));
    machine.end(1, ending);
    expect(machine.stage(1)).toMatchObject({ status: 'FAILED', failure });
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
    expect(machine.exit(1, 1)).toEqual(['stop 2', 'stop 3']);
    expect(machine.statuses).toEqual(['FAILED', 'FAILED', 'PREPARED', 'RUNNING', 'RUNNING', 'COMPLETED']);
    machine.tell('completed', 3);
    expect(machine.reply).toBe('ignored');
    expect(machine.exit(3, 0)).toEqual([]);
    machine.end(2, { kind: 'exited', exitCode: null, signal: 'SIGTERM' });
    machine.exit(4, 0);
    machine.exit(5, 0);
    const failure = `stopped: ${id(1)} failed`;
    expect([machine.stage(2), machine.stage(3)]).toMatchObject([
      { status: 'FAILED', failure },
      { status: 'FAILED', failure },
    ]);
    expect(machine.stage(4).status).toBe('COMPLETED');
    expect(machine.stage(5).status).toBe('COMPLETED');
    expect(machine.task().completeTime).not.toBeNull();
  });
});
