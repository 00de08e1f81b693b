import { vi } from 'vitest';
import type { OutputPlace } from '../../../../src/master/executor/executor.ts';
import type { Happening } from '../../../../src/master/scheduler/events.ts';
import { MasterLoop } from '../../../../src/master/scheduler/loop.ts';
import type { SchedulerOptions } from '../../../../src/master/scheduler/scheduler.ts';
import { GatedStore } from './gated-store.ts';
import { OPTIONS } from './machine.ts';
import { ManualClock } from './manual-clock.ts';
import { ScriptedExecutor } from './scripted-executor.ts';

const ADDRESS = { host: 'localhost', port: 7777 };

/** A loop with all that it works on. */
export class Bench {
  readonly store: GatedStore;
  readonly executor = new ScriptedExecutor();
  readonly clock = new ManualClock();
  readonly fatal: unknown[] = [];
  readonly warnings: unknown[] = [];
  readonly happenings: Happening[] = [];
  /** Whether the disk is short. */
  isShort = false;
  /** Which of the declared results is not there. */
  missingOutput: (places: readonly OutputPlace[]) => Promise<string | null> = () => Promise.resolve(null);
  /** What tasks are named next, in turn. */
  suffixes = ['aaaaaaaa', 'bbbbbbbb', 'cccccccc', 'dddddddd', 'eeeeeeee'];
  loop!: MasterLoop;

  constructor(store = new GatedStore()) {
    this.store = store;
  }

  async open(options: Partial<SchedulerOptions> = {}): Promise<this> {
    const { store, executor, clock } = this;
    this.loop = await MasterLoop.open(
      {
        store,
        executor,
        clock,
        randomSuffix: () => this.suffixes.shift() ?? 'zzzzzzzz',
        onFatal: (error) => this.fatal.push(error),
        onWarning: (error) => this.warnings.push(error),
        missingOutput: (places) => this.missingOutput(places),
        isShort: () => Promise.resolve(this.isShort),
        onHappening: (happening) => this.happenings.push(happening),
      },
      { ...OPTIONS, ...options },
    );
    return this;
  }

  async start(options: Partial<SchedulerOptions> = {}): Promise<this> {
    await this.open(options);
    this.loop.start({ clients: ADDRESS, reports: ADDRESS });
    return this;
  }
}

/** Waits until all that is under way has settled that can. */
export async function settled(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}

/** Notes what becomes of a promise. */
export function fateOf<T>(promise: Promise<T>): {
  readonly resolved: ReturnType<typeof vi.fn>;
  readonly rejected: ReturnType<typeof vi.fn>;
} {
  const resolved = vi.fn();
  const rejected = vi.fn();
  promise.then(resolved, rejected);
  return { resolved, rejected };
}
