import type { StageStatus, TaskStatus } from '../../../../src/model/status.ts';
import type { Plan } from '../../../../src/model/plan.ts';
import type { StageExit } from '../../../../src/master/executor/executor.ts';
import type {
  Effect,
  Reply,
  ReportEvent,
  SchedulerEvent,
  UserEvent,
} from '../../../../src/master/scheduler/events.ts';
import type { StageState, TaskRecord } from '../../../../src/master/state/records.ts';
import { planRecord } from '../../../../src/master/state/submission.ts';
import { Scheduler, type SchedulerOptions } from '../../../../src/master/scheduler/scheduler.ts';
import { Known } from './known.ts';
import { id } from './plans.ts';

export const OPTIONS: SchedulerOptions = {
  maxRunning: 10,
  maxRetries: 3,
  retryDelayMs: 0,
  retentionMs: 60_000,
  completionGraceMs: 30_000,
};

/** A scheduler with a store of its changes and a clock. Events answer with the effects, as short words. */
export class Machine {
  now = 1000;
  reply: Reply = 'ok';
  readonly records = new Known();
  #scheduler: Scheduler;
  readonly #options: SchedulerOptions;

  constructor(options: Partial<SchedulerOptions> = {}) {
    this.#options = { ...OPTIONS, ...options };
    this.#scheduler = new Scheduler(this.#options);
  }

  /** "start 1" names the stage by its number; "start 1/2" is its second attempt. */
  apply(event: SchedulerEvent): string[] {
    const { reply, changes, effects } = this.#scheduler.apply(event, this.now);
    this.records.update(changes);
    this.reply = reply;
    return effects.map(short);
  }

  submit(plan: Plan, taskName = 'p-aaaaaaaa'): string[] {
    return this.apply({ kind: 'submit', taskName, planName: 'p', planDir: '/plans', plan: planRecord(plan) });
  }

  stage(n: number, taskName?: string): StageState {
    const stage = this.records.stage(id(n, taskName));
    if (stage === undefined) throw new Error(`no stage ${n}`);
    return stage.state;
  }

  task(name = 'p-aaaaaaaa'): TaskRecord {
    const task = this.records.tasks.get(name);
    if (task === undefined) throw new Error(`no task ${name}`);
    return task;
  }

  /** The task's status, then that of each stage. */
  get statuses(): [TaskStatus, ...StageStatus[]] {
    const task = this.task();
    return [task.status, ...this.records.idsOf(task.name).map((_, index) => this.stage(index + 1).status)];
  }

  /** What the user asks, or the latest attempt reports. */
  tell(kind: UserEvent['kind'] | ReportEvent['kind'], n: number, attempt = this.stage(n).attempt): string[] {
    const place = { taskName: 'p-aaaaaaaa', index: n - 1 };
    return this.apply(
      kind === 'suspend' || kind === 'continue' ? { kind, ...place } : { kind, ...place, attempt },
    );
  }

  /** The latest attempt ends with this exit code. */
  exit(n: number, exitCode: number): string[] {
    return this.end(n, { kind: 'exited', exitCode, signal: null });
  }

  /** @param missing a declared result that is not there */
  end(
    n: number,
    how: Ending,
    attempt = this.stage(n).attempt,
    missing: string | null = null,
    isShort = false,
  ): string[] {
    return this.apply({ kind: 'exit', exit: { stageId: id(n), attempt, ...how }, missing, isShort });
  }

  wakeAt(): number | null {
    return this.#scheduler.wakeAt();
  }

  /** What another master makes of what was stored. */
  restart(): string[] {
    this.#scheduler = Scheduler.restore(this.records.loaded(), this.#options);
    return this.apply({ kind: 'recover' });
  }
}

type DistributiveOmit<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;
export type Ending = DistributiveOmit<StageExit, 'stageId' | 'attempt'>;

function short(effect: Effect): string {
  switch (effect.kind) {
    case 'start':
      return `start ${numbered(effect.stageId, effect.attempt)}`;
    case 'stop':
      return `stop ${numbered(effect.stageId, effect.attempt)}`;
    case 'forget':
      return `forget ${effect.taskName}`;
  }
}

function numbered(stageId: string, attempt: number): string {
  const [, task = '', n = ''] = /^p-([a-z]{8})-shell-t-(\d+)$/.exec(stageId) ?? [];
  return `${task === 'aaaaaaaa' ? '' : `${task}:`}${n}${attempt === 1 ? '' : `/${attempt}`}`;
}
