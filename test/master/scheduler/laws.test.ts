import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { SchedulerOptions } from '../../../src/master/scheduler/scheduler.ts';
import { type Action, actions } from './support/actions.ts';
import type { Ending } from './support/machine.ts';
import { World } from './support/world.ts';

const options: fc.Arbitrary<SchedulerOptions> = fc.record({
  maxRunning: fc.integer({ min: 1, max: 5 }),
  maxRetries: fc.nat(3),
  retryDelayMs: fc.constantFrom(0, 0, 10),
  retentionMs: fc.constantFrom(50, 1_000_000),
  completionGraceMs: fc.constantFrom(5, 1_000_000),
});

const LOST: Ending = { kind: 'lost' };

/** The world checks its laws at every step: see there. */
function livedThrough(scheduler: SchedulerOptions, history: readonly Action[]): World {
  const world = new World(scheduler);
  for (const action of history) world.do(action);
  return world;
}

it('keeps its laws, and ends every task, whatever happens in whatever order', () => {
  fc.assert(
    fc.property(
      options,
      actions,
      fc.array(fc.constantFrom(exit(0), exit(1), LOST), { minLength: 1 }),
      (scheduler, history, endings) => {
        const world = livedThrough(scheduler, history);
        let turn = 0;
        world.finish(() => endings[turn++ % endings.length] ?? LOST);
        for (const task of world.records.tasks.values()) {
          const own = world.records.idsOf(task.name).map((id) => world.records.stage(id)?.state.status);
          expect(task.completeTime).not.toBeNull();
          if (own.includes('FAILED')) expect(task.status).toBe('FAILED');
          else expect([task.status, ...own]).toEqual(Array(own.length + 1).fill('COMPLETED'));
        }
      },
    ),
    { seed: 7777, numRuns: 400 },
  );
});

it('completes every task whose programs succeed in the end', () => {
  fc.assert(
    fc.property(options, actions, (scheduler, history) => {
      const world = livedThrough(scheduler, history);
      const unfailed = [...world.records.tasks.values()].filter(({ status }) => status !== 'FAILED');
      world.finish(() => exit(0));
      for (const { name } of unfailed) expect(world.records.tasks.get(name)?.status).toBe('COMPLETED');
    }),
    { seed: 7778, numRuns: 150 },
  );
});

function exit(exitCode: number): Ending {
  return { kind: 'exited', exitCode, signal: null };
}
