import { describe, expect, it } from 'vitest';
import { Scheduler } from '../../../src/master/scheduler/scheduler.ts';
import { StoreCorruptError } from '../../../src/master/state/corrupt.ts';
import { Machine, OPTIONS } from './support/machine.ts';
import { chain, id, planOf } from './support/plans.ts';

describe('a master that crashed', () => {
  it('takes up the attempts that ran, and does not start new ones for them', () => {
    const machine = new Machine();
    machine.submit(planOf([], [], [0]));
    machine.tell('prepared', 2);
    expect(machine.restart()).toEqual(['start 1', 'start 2']);
    expect(machine.statuses).toEqual(['RUNNING', 'RUNNING', 'PREPARED', 'WAITING']);
    expect(machine.exit(1, 0)).toEqual(['start 3']);
  });

  it('takes the times of ends that were noted meanwhile, whatever the order in which it hears of them', () => {
    const machine = new Machine({ maxRetries: 0 });
    machine.submit(planOf([], []));
    machine.now = 60_000;
    machine.restart();
    machine.end(2, { kind: 'exited', exitCode: 0, signal: null, endedAt: 7000 });
    machine.end(1, { kind: 'exited', exitCode: 0, signal: null, endedAt: 4000 });
    expect([machine.stage(1).completeTime, machine.stage(2).completeTime]).toEqual([4000, 7000]);
    expect(machine.task()).toMatchObject({ status: 'COMPLETED', completeTime: 7000 });
  });

  it.each([
    [500, 1000],
    [70_000, 60_000],
  ])('holds a noted end between start and now: %i', (endedAt, completeTime) => {
    const machine = new Machine({ maxRetries: 0 });
    machine.submit(planOf([]));
    machine.now = 60_000;
    machine.restart();
    machine.end(1, { kind: 'exited', exitCode: 1, signal: null, endedAt });
    expect(machine.stage(1)).toMatchObject({ status: 'FAILED', completeTime });
    expect(machine.task()).toMatchObject({ status: 'FAILED', completeTime });
  });

  it('runs an attempt that vanished with its master once more for free, and from then on for a retry', () => {
    const machine = new Machine({ maxRetries: 1, retryDelayMs: 500 });
    machine.submit(planOf([]));
    machine.restart();
    expect(machine.end(1, { kind: 'lost' })).toEqual(['start 1/2']);
    expect(machine.stage(1)).toMatchObject({ status: 'RUNNING', attempt: 2, retryCount: 0, lossCount: 1 });
    machine.restart();
    expect(machine.end(1, { kind: 'lost' })).toEqual([]);
    expect(machine.stage(1)).toMatchObject({ status: 'WAITING', retryCount: 1, notBefore: 1500 });
    machine.now = 1500;
    expect(machine.apply({ kind: 'wake' })).toEqual(['start 1/3']);
    machine.restart();
    machine.end(1, { kind: 'lost' });
    expect(machine.stage(1)).toMatchObject({
      status: 'FAILED',
      failure: { attempt: 3, reason: 'lost: how its program ended is unknown' },
    });
  });

  it('starts a stage that kills its master twice at most, where nothing may be tried again', () => {
    const machine = new Machine({ maxRetries: 0 });
    machine.submit(planOf([]));
    let starts = 1;
    for (let crash = 0; crash < 20 && machine.stage(1).status !== 'FAILED'; crash += 1) {
      machine.restart();
      starts += machine.end(1, { kind: 'lost' }).length;
    }
    expect([starts, machine.task().status]).toEqual([2, 'FAILED']);
  });

  it('forgives an executor once that ended well and could report to nobody', () => {
    const machine = new Machine({ maxRetries: 0 });
    const plan = planOf([]);
    const command = ['java', '-jar', 'x.jar', '--dagPath=/data/d.yml'];
    machine.submit({ ...plan, stages: plan.stages.map((stage) => ({ ...stage, command })) });
    machine.restart();
    expect(machine.exit(1, 0)).toEqual(['start 1/2']);
    machine.restart();
    expect(machine.exit(1, 0)).toEqual([]);
    expect(machine.stage(1)).toMatchObject({ status: 'FAILED', lossCount: 2 });
  });

  it('runs a stage again that was taken away from its node, without counting a retry, up to a bound', () => {
    const machine = new Machine({ maxRetries: 0 });
    machine.submit(planOf([]));
    const displaced = { kind: 'displaced', reason: 'Evicted: the node was low on memory' } as const;
    for (let attempt = 2; attempt <= 11; attempt += 1)
      expect(machine.end(1, displaced)).toEqual([`start 1/${attempt}`]);
    expect(machine.stage(1)).toMatchObject({ retryCount: 0, displacedCount: 10 });
    expect(machine.end(1, displaced)).toEqual([]);
    expect(machine.stage(1)).toMatchObject({
      status: 'FAILED',
      failure: { reason: 'taken away from its node: Evicted: the node was low on memory' },
    });
  });

  it('forgives no loss to an attempt that it launched itself', () => {
    const machine = new Machine({ maxRetries: 0 });
    machine.submit(planOf([]));
    expect(machine.end(1, { kind: 'lost' })).toEqual([]);
    expect(machine.stage(1).status).toBe('FAILED');
  });

  it('does not run a lost attempt again when the task has failed', () => {
    const machine = new Machine({ maxRetries: 0 });
    machine.submit(planOf([], []));
    machine.exit(2, 1);
    machine.restart();
    expect(machine.end(1, { kind: 'lost' })).toEqual([]);
    expect(machine.stage(1)).toMatchObject({
      status: 'FAILED',
      failure: { reason: 'lost: how its program ended is unknown' },
    });
    expect(machine.task().completeTime).toBe(1000);
  });

  it('follows a program that has reported its completion, since it takes room', () => {
    const machine = new Machine({ maxRunning: 1 });
    machine.submit(chain(2));
    machine.tell('completed', 1);
    expect(machine.restart()).toEqual(['start 1']);
    expect(machine.end(1, { kind: 'lost' })).toEqual(['start 2']);
    expect(machine.stage(1).status).toBe('COMPLETED');
  });

  it('stops again what was to be stopped', () => {
    const machine = new Machine({ maxRetries: 0 });
    machine.submit(chain(2));
    machine.tell('prepared', 1);
    machine.exit(1, 1);
    expect(machine.restart()).toEqual(['start 2', 'stop 2']);
    machine.exit(2, 0);
    expect(machine.statuses).toEqual(['FAILED', 'FAILED', 'FAILED']);
  });

  it('keeps the order of submission, pauses and expiry', () => {
    const machine = new Machine({ maxRunning: 1, retryDelayMs: 500, retentionMs: 5000 });
    machine.submit(planOf([]), 'p-zzzzzzzz');
    machine.submit(planOf([], []));
    machine.apply({
      kind: 'exit',
      exit: { stageId: id(1, 'p-zzzzzzzz'), attempt: 1, kind: 'exited', exitCode: 0, signal: null },
      missing: null,
      isShort: false,
    });
    machine.exit(1, 1);
    expect(machine.restart()).toEqual(['start 2']);
    expect(machine.wakeAt()).toBe(1500);
    machine.submit(planOf([]), 'p-bbbbbbbb');
    machine.now = 2000;
    expect(machine.exit(2, 0)).toEqual(['start 1/2']);
    expect(machine.exit(1, 0)).toEqual(['start bbbbbbbb:1']);
    machine.now = 6500;
    expect(machine.apply({ kind: 'expire' })).toEqual(['forget p-zzzzzzzz']);
  });
});

describe('a master that was shut down', () => {
  it('runs again what it interrupted, as new attempts that are no retries', () => {
    const machine = new Machine();
    machine.submit(planOf([], [], [1]));
    machine.tell('prepared', 2);
    expect(machine.apply({ kind: 'interrupt', exits: [] })).toEqual([]);
    expect(machine.stage(1)).toMatchObject({ status: 'WAITING', live: false, retryCount: 0 });
    expect(machine.restart()).toEqual(['start 1/2', 'start 2/2']);
    expect(machine.stage(2)).toMatchObject({ status: 'RUNNING', retryCount: 0 });
  });

  it('leaves a stage that had reported its completion to the next master, which looks for its results', () => {
    const machine = new Machine();
    machine.submit(chain(2));
    machine.tell('completed', 1);
    machine.apply({ kind: 'interrupt', exits: [] });
    expect(machine.stage(1)).toMatchObject({ status: 'RUNNING', live: true });
    expect(machine.restart()).toEqual(['start 1']);
    expect(machine.end(1, { kind: 'lost' })).toEqual(['start 2']);
    expect(machine.stage(1)).toMatchObject({ status: 'COMPLETED', live: false });
  });

  it('counts an attempt that was being stopped as the failure that it was', () => {
    const machine = new Machine({ maxRetries: 0 });
    const plan = planOf([]);
    machine.submit({ ...plan, stages: plan.stages.map((stage) => ({ ...stage, deadlineMs: 5000 })) });
    machine.now = 6000;
    machine.apply({ kind: 'wake' });
    machine.apply({ kind: 'interrupt', exits: [] });
    expect(machine.stage(1)).toMatchObject({ status: 'FAILED', live: false });
  });

  it('does not run again what succeeded when it was told to stop, and launches nothing for it', () => {
    const machine = new Machine({ maxRunning: 1 });
    machine.submit(chain(2));
    const exit = { stageId: id(1), attempt: 1, kind: 'exited', exitCode: 0, signal: null } as const;
    const ended = { kind: 'exit', exit, missing: null, isShort: false } as const;
    expect(machine.apply({ kind: 'interrupt', exits: [ended] })).toEqual([]);
    expect(machine.stage(1)).toMatchObject({ status: 'COMPLETED', live: false, attempt: 1 });
    expect(machine.stage(2)).toMatchObject({ status: 'WAITING', attempt: 0 });
    expect(machine.restart()).toEqual(['start 2']);
  });

  it('ends a task that had failed', () => {
    const machine = new Machine({ maxRetries: 0 });
    machine.submit(planOf([], [], [0]));
    machine.tell('prepared', 1);
    machine.exit(1, 1);
    machine.apply({ kind: 'interrupt', exits: [] });
    expect(machine.statuses).toEqual(['FAILED', 'FAILED', 'FAILED', 'FAILED']);
    expect(machine.stage(2).failure?.reason).toBe('stopped: the master was shut down');
    expect(machine.stage(3).failure?.reason).toBe('stopped: s1 failed');
    expect(machine.task().completeTime).toBe(1000);
    expect(machine.restart()).toEqual([]);
  });
});

describe('a state that does not fit together', () => {
  const machine = new Machine();
  machine.submit(chain(2));
  const loaded = machine.records.loaded();
  const outline = machine.records.outlineOf('p-aaaaaaaa');
  const lonely = { ...outline, stages: outline.stages.map((stage) => ({ ...stage, dependencies: [7] })) };

  it.each([
    ['a plan is missing', { ...loaded, plans: new Map() }],
    ['a parent is unknown', { ...loaded, plans: new Map([[machine.task().planId, lonely]]) }],
  ])('is refused: %s', (_, broken) => {
    expect(() => Scheduler.restore(broken, OPTIONS)).toThrow(StoreCorruptError);
  });
});
