import { describe, expect, it } from 'vitest';
import type { Plan } from '../../../src/model/plan.ts';
import { Machine } from './support/machine.ts';
import { chain, planOf } from './support/plans.ts';

describe('the order of the stages', () => {
  it('starts the children of a fork together, and a join after the last of its parents', () => {
    const machine = new Machine();
    expect(machine.submit(planOf([], [0], [0], [1, 2]))).toEqual(['start 1']);
    expect(machine.exit(1, 0)).toEqual(['start 2', 'start 3']);
    expect(machine.exit(3, 0)).toEqual([]);
    expect(machine.exit(2, 0)).toEqual(['start 4']);
    expect(machine.exit(4, 0)).toEqual([]);
    expect(machine.statuses).toEqual(['COMPLETED', 'COMPLETED', 'COMPLETED', 'COMPLETED', 'COMPLETED']);
  });

  it('releases the children of a stage whose data is prepared, while it runs', () => {
    const machine = new Machine();
    machine.submit(chain(2));
    expect(machine.tell('prepared', 1)).toEqual(['start 2']);
    expect(machine.statuses).toEqual(['RUNNING', 'PREPARED', 'RUNNING']);
    expect(machine.exit(2, 0)).toEqual([]);
    expect(machine.task().status).toBe('RUNNING');
    machine.exit(1, 0);
    expect(machine.task().status).toBe('COMPLETED');
  });

  it('serves tasks in the order of their submission and stages in that of the plan, when there is room', () => {
    const machine = new Machine({ maxRunning: 1 });
    machine.submit(planOf([], [], [1]));
    machine.submit(planOf([]), 'p-bbbbbbbb');
    expect(machine.exit(1, 0)).toEqual(['start 2']);
    expect(machine.exit(2, 0)).toEqual(['start 3']);
    expect(machine.exit(3, 0)).toEqual(['start bbbbbbbb:1']);
  });

  it('runs no more stages of a task at once than its plan allows, and those of other tasks meanwhile', () => {
    const machine = new Machine();
    expect(machine.submit({ ...planOf([], [], []), parallelism: 1 })).toEqual(['start 1']);
    expect(machine.submit(planOf([], []), 'p-bbbbbbbb')).toEqual(['start bbbbbbbb:1', 'start bbbbbbbb:2']);
    expect(machine.exit(1, 0)).toEqual(['start 2']);
    expect(machine.exit(2, 1)).toEqual(['start 2/2']);
    expect(machine.exit(2, 0)).toEqual(['start 3']);
  });

  it('runs another stage of a task that holds some back when the one whose turn it was is suspended', () => {
    const machine = new Machine();
    machine.submit({ ...planOf([], [], []), parallelism: 1 });
    machine.apply({ kind: 'hold', isHeld: true });
    expect(machine.exit(1, 0)).toEqual([]);
    machine.tell('suspend', 2);
    expect(machine.apply({ kind: 'hold', isHeld: false })).toEqual(['start 3']);
  });

  it('counts a program that has reported its completion as running until it exits', () => {
    const machine = new Machine({ maxRunning: 1 });
    machine.submit(chain(2));
    expect(machine.tell('completed', 1)).toEqual([]);
    expect(machine.statuses).toEqual(['RUNNING', 'RUNNING', 'WAITING']);
    expect(machine.exit(1, 0)).toEqual(['start 2']);
    expect(machine.stage(1).status).toBe('COMPLETED');
  });

  it('completes a plan without stages at once', () => {
    const machine = new Machine();
    machine.submit(planOf());
    expect(machine.task()).toMatchObject({ status: 'COMPLETED', startTime: null, completeTime: 1000 });
  });
});

describe('times', () => {
  it('notes when task and stages started and completed', () => {
    const machine = new Machine();
    machine.submit(planOf([], []));
    expect(machine.task()).toMatchObject({ submitTime: 1000, startTime: 1000, completeTime: null });
    machine.now = 2000;
    machine.exit(1, 0);
    machine.now = 3000;
    machine.exit(2, 0);
    expect(machine.stage(1)).toMatchObject({ startTime: 1000, completeTime: 2000 });
    expect(machine.stage(2)).toMatchObject({ startTime: 1000, completeTime: 3000 });
    expect(machine.task().completeTime).toBe(3000);
  });

  it('leaves a task NEW until its first stage is launched', () => {
    const machine = new Machine({ maxRunning: 1 });
    machine.submit(planOf([]));
    machine.submit(planOf([]), 'p-bbbbbbbb');
    expect(machine.task('p-bbbbbbbb')).toMatchObject({ status: 'NEW', startTime: null });
    machine.now = 5000;
    machine.exit(1, 0);
    expect(machine.task('p-bbbbbbbb')).toMatchObject({ status: 'RUNNING', startTime: 5000 });
  });
});

describe('reports of the programs', () => {
  it('confirms a start, and changes nothing', () => {
    const machine = new Machine();
    machine.submit(chain(2));
    const before = machine.stage(1);
    machine.tell('started', 1);
    expect(machine.reply).toBe('ok');
    expect(machine.stage(1)).toBe(before);
    machine.tell('started', 2);
    expect(machine.reply).toBe('ignored');
  });

  it.each(['prepared', 'completed'] as const)('ignores "%s" before the start and after the end', (kind) => {
    const machine = new Machine();
    machine.submit(chain(2));
    expect(machine.tell(kind, 2)).toEqual([]);
    expect(machine.reply).toBe('ignored');
    expect(machine.stage(2).status).toBe('WAITING');
    machine.exit(1, 0);
    machine.now = 9000;
    machine.tell(kind, 1);
    expect(machine.reply).toBe('ignored');
    expect(machine.stage(1)).toMatchObject({ status: 'COMPLETED', completeTime: 1000 });
  });

  it('release no children by saying that a stage is done: that is seen when it has ended', () => {
    const machine = new Machine();
    machine.submit(chain(2));
    expect(machine.tell('completed', 1)).toEqual([]);
    expect(machine.statuses).toEqual(['RUNNING', 'RUNNING', 'WAITING']);
    expect(machine.end(1, { kind: 'exited', exitCode: 0, signal: null }, 1, '/data/out')).toEqual([
      'start 1/2',
    ]);
    expect(machine.tell('completed', 1)).toEqual([]);
    expect(machine.exit(1, 0)).toEqual(['start 2']);
    expect(machine.statuses).toEqual(['RUNNING', 'COMPLETED', 'RUNNING']);
  });

  it('do not make up for an exit code that says otherwise', () => {
    const machine = new Machine({ maxRetries: 0 });
    machine.submit(planOf([]));
    machine.tell('completed', 1);
    machine.exit(1, 1);
    const reason = 'exited with code 1 after it had reported its completion';
    expect(machine.stage(1)).toMatchObject({ status: 'FAILED', failure: { reason } });
  });

  it.each(['prepared', 'completed'] as const)(
    'are ignored when they come from an earlier attempt: %s',
    (kind) => {
      const machine = new Machine();
      machine.submit(chain(2));
      machine.exit(1, 1);
      const second = machine.stage(1);
      expect(machine.tell(kind, 1, 1)).toEqual([]);
      expect(machine.reply).toBe('ignored');
      expect(machine.stage(1)).toBe(second);
      machine.tell(kind, 1, 2);
      expect(machine.reply).toBe('ok');
    },
  );

  it('are owed by executors of CLIC: one that exits with 0 and has not said that it is done has failed', () => {
    const machine = new Machine({ maxRetries: 1 });
    machine.submit(executors(2));
    machine.tell('prepared', 1);
    machine.exit(2, 0);
    expect(machine.exit(1, 0)).toEqual(['start 1/2']);
    const reason = 'ended without reporting that it has completed';
    expect(machine.stage(1).failure).toEqual({ attempt: 1, reason, hasLog: true });
    machine.tell('completed', 1);
    machine.exit(1, 0);
    expect(machine.stage(1)).toMatchObject({ status: 'COMPLETED', failure: null });
  });

  it('give a program that does not end a grace: then it is stopped, and has completed', () => {
    const machine = new Machine({ completionGraceMs: 5000 });
    machine.submit(executors(1));
    machine.tell('completed', 1);
    expect(machine.wakeAt()).toBe(6000);
    machine.restart();
    machine.now = 6000;
    expect(machine.apply({ kind: 'wake' })).toEqual(['stop 1']);
    expect(machine.wakeAt()).toBeNull();
    expect(machine.restart()).toEqual(['start 1', 'stop 1']);
    machine.end(1, { kind: 'exited', exitCode: null, signal: 'SIGKILL' });
    expect(machine.statuses).toEqual(['COMPLETED', 'COMPLETED']);
  });

  it.each(['started', 'prepared', 'completed', 'suspend', 'continue'] as const)(
    'does not know "%s" of a stage that is not there',
    (kind) => {
      const machine = new Machine();
      machine.tell(kind, 1, 1);
      expect(machine.reply).toBe('unknown');
    },
  );
});

describe('suspension', () => {
  it('holds back the stage and what depends on it, while others go on, until it is continued', () => {
    const machine = new Machine();
    machine.submit(planOf([], [0], [0], [1, 2]));
    machine.tell('suspend', 2);
    expect(machine.reply).toBe('ok');
    expect(machine.exit(1, 0)).toEqual(['start 3']);
    expect(machine.exit(3, 0)).toEqual([]);
    expect(machine.statuses).toEqual(['RUNNING', 'COMPLETED', 'SUSPEND', 'COMPLETED', 'WAITING']);
    expect(machine.tell('continue', 2)).toEqual(['start 2']);
    expect(machine.exit(2, 0)).toEqual(['start 4']);
  });

  it('works once, and only on a stage that was not started', () => {
    const machine = new Machine();
    machine.submit(chain(2));
    const replyTo = (kind: 'suspend' | 'continue', n: number): string => {
      machine.tell(kind, n);
      return machine.reply;
    };
    expect(replyTo('suspend', 1)).toBe('ignored');
    expect(replyTo('continue', 2)).toBe('ignored');
    expect(replyTo('suspend', 2)).toBe('ok');
    expect(replyTo('suspend', 2)).toBe('ignored');
    expect(replyTo('continue', 2)).toBe('ok');
    machine.exit(1, 0);
    machine.exit(2, 0);
    expect(replyTo('suspend', 2)).toBe('ignored');
    expect(replyTo('continue', 2)).toBe('ignored');
  });

  it('is refused in a task that has failed', () => {
    const machine = new Machine({ maxRetries: 0 });
    machine.submit(planOf([], [0], [0]));
    machine.tell('suspend', 3);
    machine.exit(1, 1);
    machine.tell('suspend', 2);
    expect(machine.reply).toBe('ignored');
    machine.tell('continue', 3);
    expect(machine.reply).toBe('ignored');
    expect(machine.statuses).toEqual(['FAILED', 'FAILED', 'WAITING', 'SUSPEND']);
  });
});

describe('finished tasks', () => {
  it('go when they are old enough, with what they left behind, and no others', () => {
    const machine = new Machine({ retentionMs: 100 });
    machine.submit(planOf([]));
    machine.submit(planOf([]), 'p-bbbbbbbb');
    machine.exit(1, 0);
    machine.now = 1099;
    expect(machine.apply({ kind: 'expire' })).toEqual([]);
    machine.now = 1100;
    expect(machine.apply({ kind: 'expire' })).toEqual(['forget p-aaaaaaaa']);
    expect([...machine.records.tasks.keys()]).toEqual(['p-bbbbbbbb']);
    expect(machine.records.idsOf()).toHaveLength(1);
    expect(machine.records.planCount).toBe(1);
    expect(machine.apply({ kind: 'expire' })).toEqual([]);
    machine.tell('started', 1, 1);
    expect(machine.reply).toBe('unknown');
  });

  it('go in portions, so that what they left behind is not removed all at once', () => {
    const machine = new Machine({ retentionMs: 100 });
    for (let n = 0; n < 150; n += 1)
      machine.submit(planOf(), `p-${String.fromCharCode(97 + (n % 26), 97 + Math.floor(n / 26))}aaaaaa`);
    machine.now = 2000;
    expect(machine.apply({ kind: 'expire' })).toHaveLength(100);
    expect(machine.apply({ kind: 'expire' })).toHaveLength(50);
  });

  it('stay while one of their programs is still running', () => {
    const machine = new Machine({ retentionMs: 100 });
    machine.submit(planOf([]));
    machine.tell('completed', 1);
    machine.now = 5000;
    expect(machine.apply({ kind: 'expire' })).toEqual([]);
    machine.exit(1, 0);
    machine.now = 5100;
    expect(machine.apply({ kind: 'expire' })).toEqual(['forget p-aaaaaaaa']);
    expect(machine.records.planCount).toBe(0);
  });
});

describe('declared results', () => {
  it('have to be there when a stage has ended well', () => {
    const machine = new Machine({ maxRetries: 0 });
    machine.submit(chain(2));
    expect(machine.end(1, { kind: 'exited', exitCode: 0, signal: null }, 1, '/data/out')).toEqual([]);
    const reason = 'its result /data/out is not there';
    expect(machine.stage(1)).toMatchObject({ status: 'FAILED', failure: { reason, hasLog: true } });
  });
});

describe('a start that fails since the disk is short', () => {
  it('costs no retry: the stage waits until there is room', () => {
    const machine = new Machine({ maxRetries: 0 });
    machine.submit(planOf([]));
    machine.apply({ kind: 'hold', isHeld: true });
    const failure = { kind: 'failed-to-start', reason: "can't write", isFinal: false } as const;
    expect(machine.end(1, failure, 1, null, true)).toEqual([]);
    expect(machine.stage(1)).toMatchObject({ status: 'WAITING', retryCount: 0 });
    expect(machine.apply({ kind: 'hold', isHeld: false })).toEqual(['start 1/2']);
  });
});

describe('a hold', () => {
  it('launches nothing until it is over, and lets what runs go on', () => {
    const machine = new Machine({ retryDelayMs: 100 });
    machine.submit(planOf([], [], [0]));
    machine.apply({ kind: 'hold', isHeld: true });
    machine.exit(2, 1);
    expect(machine.exit(1, 0)).toEqual([]);
    expect(machine.wakeAt()).toBeNull();
    machine.now += 100;
    expect(machine.apply({ kind: 'hold', isHeld: false })).toEqual(['start 2/2', 'start 3']);
  });
});

function executors(length: number): Plan {
  const plan = planOf(...Array.from({ length }, () => []));
  const command = ['java', '-jar', 'x.jar', '--dagPath=/data/d.yml'];
  return { ...plan, stages: plan.stages.map((stage) => ({ ...stage, command })) };
}
