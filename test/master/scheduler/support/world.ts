import { expect } from 'vitest';
import type { StageExit } from '../../../../src/master/executor/executor.ts';
import type { ExitEvent, Launch, Outcome, SchedulerEvent } from '../../../../src/master/scheduler/events.ts';
import { Scheduler, type SchedulerOptions } from '../../../../src/master/scheduler/scheduler.ts';
import type { Changes } from '../../../../src/master/state/changes.ts';
import { planRecord } from '../../../../src/master/state/submission.ts';
import type { Action } from './actions.ts';
import { Known } from './known.ts';
import type { Ending } from './machine.ts';

/** Where the latest tasks have gone, a master that has just started counts on from one that is left. */
const withoutSeq = (changes: Changes): Changes => ({
  ...changes,
  tasks: changes.tasks.map((task) => ({ ...task, seq: 0 })),
});

/** A scheduler, the programs that it has started, and the laws that it must keep at every step. */
export class World {
  readonly records = new Known();
  /** The attempts that run: stage id to attempt. */
  readonly running = new Map<string, number>();
  readonly #options: SchedulerOptions;
  /** Attempts that were running when a master started: stage id to attempt. */
  #takenUp = new Map<string, number>();
  readonly #launches = new Map<string, number>();
  /** Attempts that ended by no fault of the program: they don't count as retries. */
  readonly #forgiven = new Map<string, number>();
  #scheduler: Scheduler;
  #twin: Scheduler | null = null;
  #now = 1000;
  #submitted = 0;

  constructor(options: SchedulerOptions) {
    this.#options = options;
    this.#scheduler = new Scheduler(options);
  }

  do(action: Action): void {
    switch (action.kind) {
      case 'submit':
        this.#submit(action);
        break;
      case 'tell':
        this.#tell(action);
        break;
      case 'end':
        this.#endOne(action);
        break;
      case 'stray-exit':
        this.#strayExit(action);
        break;
      case 'pass-time':
        this.#now += action.ms;
        this.#apply({ kind: 'wake' });
        break;
      case 'expire':
        this.#apply({ kind: 'expire' });
        break;
      case 'twin':
        this.#twin = this.#rebuilt();
        break;
      case 'shutdown':
        this.#shutDown();
        break;
      case 'crash':
        this.#restart();
    }
  }

  /** A program that runs ends. */
  end(stageId: string, how: Ending): void {
    const attempt = this.running.get(stageId) ?? 0;
    this.running.delete(stageId);
    const isLoss = how.kind === 'lost' && this.#takenUp.get(stageId) === attempt;
    if (how.kind === 'displaced') this.#forgive(stageId);
    if (isLoss && this.records.stage(stageId)?.state.lossCount === 0) this.#forgive(stageId);
    this.#apply({ kind: 'exit', exit: { stageId, attempt, ...how }, missing: null, isShort: false });
  }

  /** Continues what is suspended, lets pauses end and programs exit, until nothing moves any more. */
  finish(howNext: () => Ending): void {
    for (const { taskName, index, state } of this.records.stages()) {
      if (state.status === 'SUSPEND') this.#apply({ kind: 'continue', taskName, index });
    }
    for (let step = 0; step < 10_000; step += 1) {
      const [stageId] = this.running.keys();
      const at = this.#scheduler.wakeAt();
      if (stageId !== undefined) this.end(stageId, howNext());
      else if (at !== null) this.do({ kind: 'pass-time', ms: Math.max(0, at - this.#now) });
      else return;
    }
    throw new Error('it does not end');
  }

  #submit({ plan }: Extract<Action, { kind: 'submit' }>): void {
    const suffix = String.fromCharCode(
      ...[3, 2, 1, 0].map((place) => 97 + (Math.floor(this.#submitted / 26 ** place) % 26)),
    );
    this.#submitted += 1;
    this.#apply({
      kind: 'submit',
      taskName: `p-aaaa${suffix}`,
      planName: 'p',
      planDir: '/plans',
      plan: planRecord(plan),
    });
  }

  #endOne({ pick, how }: Extract<Action, { kind: 'end' }>): void {
    const ids = [...this.running.keys()];
    const stageId = ids[pick % ids.length];
    if (stageId !== undefined) this.end(stageId, how);
  }

  #strayExit({ pick, attempt, how }: Extract<Action, { kind: 'stray-exit' }>): void {
    const stageId = this.#pickStage(pick);
    if (this.running.get(stageId) === attempt) return;
    const before = this.records.stage(stageId)?.state;
    this.#apply({ kind: 'exit', exit: { stageId, attempt, ...how }, missing: null, isShort: false });
    expect(this.records.stage(stageId)?.state).toBe(before);
  }

  #pickStage(pick: number): string {
    const ids = [...this.records.idsOf(), 'nobody'];
    return ids[pick % ids.length] ?? 'nobody';
  }

  #tell({ what, pick, late }: Extract<Action, { kind: 'tell' }>): void {
    const stage = this.records.stage(this.#pickStage(pick));
    const place = { taskName: stage?.taskName ?? 'nobody', index: stage?.index ?? 0 };
    if (what === 'suspend' || what === 'continue') {
      this.#apply({ kind: what, ...place });
      return;
    }
    const attempt = (stage?.state.attempt ?? 1) - late;
    this.#apply({ kind: what, ...place, attempt });
    if (late > 0 && stage !== undefined) expect(this.records.stage(stage.id)?.state).toBe(stage.state);
  }

  /** Every other program succeeds although it is told to stop: it may not be run again. */
  #shutDown(): void {
    const exits: ExitEvent[] = [];
    for (const [index, [stageId, attempt]] of [...this.running].entries()) {
      const state = this.records.stage(stageId)?.state;
      // It has reported its completion: the next master looks for its results.
      if (state?.reportedTime != null && state.stopReason === null && index % 2 === 0) continue;
      this.running.delete(stageId);
      if (index % 2 === 0) this.#forgive(stageId);
      else {
        const exit: StageExit = { stageId, attempt, kind: 'exited', exitCode: 0, signal: null };
        exits.push({ kind: 'exit', exit, missing: null, isShort: false });
      }
    }
    this.#apply({ kind: 'interrupt', exits });
    this.#restart();
  }

  #restart(): void {
    this.#takenUp = new Map(this.running);
    this.#scheduler = this.#rebuilt();
    this.#twin = null;
    this.#apply({ kind: 'recover' });
  }

  #rebuilt(): Scheduler {
    return Scheduler.restore(this.records.loaded(), this.#options);
  }

  #forgive(stageId: string): void {
    this.#forgiven.set(stageId, (this.#forgiven.get(stageId) ?? 0) + 1);
  }

  #apply(event: SchedulerEvent): void {
    const failedBefore = new Set(
      [...this.records.tasks.values()].filter(({ status }) => status === 'FAILED').map(({ name }) => name),
    );
    const outcome = this.#scheduler.apply(event, this.#now);
    this.#compareWithTwin(event, outcome);
    this.#checkFinalStates(outcome);
    this.#checkPauses(outcome);
    this.records.update(outcome.changes);
    for (const effect of outcome.effects) {
      if (effect.kind === 'start') this.#start(effect, event, failedBefore);
      if (effect.kind === 'stop') expect(this.running.get(effect.stageId)).toBe(effect.attempt);
    }
    this.#checkLive();
  }

  #compareWithTwin(event: SchedulerEvent, outcome: Outcome): void {
    if (this.#twin === null) return;
    const other = this.#twin.apply(event, this.#now);
    expect(other.effects).toEqual(outcome.effects);
    expect(other.reply).toBe(outcome.reply);
    expect(withoutSeq(other.changes)).toEqual(withoutSeq(outcome.changes));
    expect(this.#twin.wakeAt()).toBe(this.#scheduler.wakeAt());
  }

  #checkFinalStates({ changes }: Outcome): void {
    for (const task of changes.tasks) {
      const before = this.records.tasks.get(task.name)?.status;
      if (before === 'COMPLETED' || before === 'FAILED') expect(task.status).toBe(before);
    }
    for (const { taskName, index, state } of changes.stages) {
      const before = this.records
        .stages()
        .find((stage) => stage.taskName === taskName && stage.index === index);
      if (before?.state.status === 'COMPLETED' || before?.state.status === 'FAILED')
        expect(state.status).toBe(before.state.status);
    }
  }

  #checkPauses({ effects }: Outcome): void {
    for (const effect of effects) {
      const before = effect.kind === 'start' ? this.records.stage(effect.stageId)?.state : undefined;
      if (before?.status === 'WAITING') expect(before.notBefore ?? 0).toBeLessThanOrEqual(this.#now);
    }
  }

  #start({ stageId, attempt }: Launch, event: SchedulerEvent, failedBefore: ReadonlySet<string>): void {
    if (event.kind === 'recover' && this.running.get(stageId) === attempt) return;
    const stage = this.records.stage(stageId);
    if (stage === undefined) throw new Error(`${stageId} was started, and is not there`);
    const launches = (this.#launches.get(stageId) ?? 0) + 1;
    expect(this.running.has(stageId)).toBe(false);
    expect(attempt).toBe(launches);
    expect(launches).toBeLessThanOrEqual(1 + stage.state.retryCount + (this.#forgiven.get(stageId) ?? 0));
    expect(stage.state.retryCount).toBeLessThanOrEqual(this.#options.maxRetries);
    expect(failedBefore).not.toContain(stage.taskName);
    for (const parent of stage.parents) {
      expect(['PREPARED', 'COMPLETED']).toContain(this.records.stage(parent)?.state.status);
    }
    this.#launches.set(stageId, launches);
    this.running.set(stageId, attempt);
  }

  #checkLive(): void {
    const live = this.records.stages().filter(({ state }) => state.live);
    expect(live.map(({ id, state }) => `${id}/${state.attempt}`).sort()).toEqual(
      [...this.running].map(([id, attempt]) => `${id}/${attempt}`).sort(),
    );
    expect(live.length).toBeLessThanOrEqual(this.#options.maxRunning);
    for (const { name } of this.records.tasks.values()) {
      const parallelism = this.#scheduler.outlineOf(name)?.parallelism ?? Infinity;
      expect(live.filter(({ taskName }) => taskName === name).length).toBeLessThanOrEqual(parallelism);
    }
  }
}
