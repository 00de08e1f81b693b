import { RefusedError } from '../../model/errors.ts';
import type { Plan } from '../../model/plan.ts';
import type { Executor, MasterAddress, StageExit } from '../executor/executor.ts';
import type { Store } from '../store/store.ts';
import { Alarm } from './alarm.ts';
import type { Clock } from './clock.ts';
import { coalesce, isEmpty } from './coalesce.ts';
import type { Effect, Outcome, Reply, SchedulerEvent, StageEvent } from './events.ts';
import { runOf } from './launch.ts';
import { type RecordReader, RecordView } from './record-view.ts';
import { Scheduler, type SchedulerOptions } from './scheduler.ts';
import { freeTaskName } from './task-name.ts';

/** What the loop works with. It closes the store and the executor when it is closed. */
export interface LoopDependencies {
  readonly store: Store;
  readonly executor: Executor;
  readonly clock: Clock;
  /** Eight random lower-case letters, to name a task. */
  readonly randomSuffix: () => string;
  /** Something broke that the loop can't go on from; nothing is acknowledged any more. Called once. */
  readonly onFatal: (error: unknown) => void;
  /** Something failed that does no harm to the tasks. */
  readonly onWarning: (error: unknown) => void;
}

/** Makes an event when its turn has come; it throws to refuse the caller. */
interface Queued {
  readonly event: () => SchedulerEvent;
  readonly resolve: (reply: Reply) => void;
  readonly reject: (error: unknown) => void;
}

const EXPIRE_EVERY_MS = 60_000;

/**
 * The one writer of the state. Takes all events that are queued, applies them in order, stores what they changed as
 * one batch, and only then starts programs and answers the callers: whatever was acknowledged survives a crash.
 */
export class MasterLoop {
  /** The state as it is stored. */
  readonly records: RecordReader;
  readonly #view: RecordView;
  readonly #scheduler: Scheduler;
  readonly #deps: LoopDependencies;
  #queue: Queued[] = [];
  /** Known from the start on. */
  #address: MasterAddress | null = null;
  #isWorking = false;
  #working = Promise.resolve();
  #closing: Promise<void> | null = null;
  /** Why no caller is served any more. */
  #refusal: RefusedError | null = null;
  /** Nothing is noted any more: the state is given up, or about to be closed. */
  #isDeaf = false;
  /** What succeeded since the executor began to close. */
  #succeeded: StageExit[] | null = null;
  readonly #wake: Alarm;
  readonly #expire: Alarm;

  private constructor(deps: LoopDependencies, scheduler: Scheduler, view: RecordView) {
    this.#deps = deps;
    this.#scheduler = scheduler;
    this.#view = view;
    this.records = view;
    this.#wake = new Alarm(deps.clock, () => this.#tell({ kind: 'wake' }));
    this.#expire = new Alarm(deps.clock, () => this.#onExpire());
  }

  /** Reads the state. It can be looked at from now on; events wait for `start`. @throws StoreCorruptError */
  static async open(deps: LoopDependencies, options: SchedulerOptions): Promise<MasterLoop> {
    const records = await deps.store.load();
    return new MasterLoop(deps, Scheduler.fromRecords(records, options), new RecordView(records));
  }

  /** Takes up what was running when the last master ended, and begins to work. `address` is where stages report to. */
  start(address: MasterAddress): void {
    if (this.#address !== null || this.#refusal !== null) return;
    this.#address = address;
    this.#deps.executor.onExit((exit) => this.#onExit(exit));
    this.#queue.unshift(unasked({ kind: 'recover' }));
    this.#onExpire();
  }

  /** Makes a task of a plan, and gives its name once it is stored. @throws RefusedError */
  async submit(planName: string, planDir: string, plan: Plan): Promise<string> {
    let taskName = '';
    await this.#ask(() => {
      taskName = freeTaskName(planName, this.#deps.randomSuffix, (name) =>
        this.#scheduler.isFree(name, plan),
      );
      return { kind: 'submit', taskName, planName, planDir, plan };
    });
    return taskName;
  }

  /** Answers once what the event changed is stored. @throws RefusedError */
  changeStage(event: StageEvent): Promise<Reply> {
    return this.#ask(() => event);
  }

  /**
   * Answers what was asked already, stops all programs, notes which of them succeeded and that the others are to be run
   * again, and closes executor and store. Asking again gives the same promise.
   */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    this.#refuse(new RefusedError('the master is shutting down', { hint: 'try again when it is back' }));
    if (this.#address === null) this.#rejectQueue();
    while (this.#isWorking) await this.#working;
    const goesOn = this.#address !== null && !this.#isDeaf;
    this.#isDeaf = true;
    const succeeded: StageExit[] = (this.#succeeded = []);
    try {
      await this.#deps.executor.close();
      if (goesOn) await this.#process([unasked({ kind: 'interrupt', succeeded })]);
    } finally {
      await this.#deps.store.close();
    }
  }

  #ask(event: () => SchedulerEvent): Promise<Reply> {
    if (this.#refusal !== null) return Promise.reject(this.#refusal);
    return new Promise((resolve, reject) => {
      this.#queue.push({ event, resolve, reject });
      this.#work();
    });
  }

  /** Queues an event that nobody waits for. */
  #tell(event: SchedulerEvent): void {
    if (this.#isDeaf) return;
    this.#queue.push(unasked(event));
    this.#work();
  }

  #onExit(exit: StageExit): void {
    if (this.#succeeded === null) this.#tell({ kind: 'exit', exit });
    else this.#succeeded.push(exit);
  }

  #work(): void {
    if (this.#address === null || this.#isWorking) return;
    this.#isWorking = true;
    this.#working = this.#drain();
  }

  async #drain(): Promise<void> {
    while (this.#queue.length > 0) {
      const batch = this.#queue;
      this.#queue = [];
      await this.#process(batch);
    }
    this.#isWorking = false;
  }

  /** Never rejects: what goes wrong here is fatal. */
  async #process(batch: readonly Queued[]): Promise<void> {
    try {
      const answers = batch.map((queued) => ({ queued, outcome: this.#apply(queued) }));
      const outcomes = answers.flatMap(({ outcome }) => outcome ?? []);
      const changes = coalesce(outcomes.map((outcome) => outcome.changes));
      if (!isEmpty(changes)) await this.#deps.store.write(changes);
      this.#view.update(changes);
      for (const effect of outcomes.flatMap((outcome) => outcome.effects)) this.#perform(effect);
      for (const { queued, outcome } of answers) if (outcome !== null) queued.resolve(outcome.reply);
      if (this.#refusal === null) this.#wake.set(this.#scheduler.wakeAt());
    } catch (error) {
      this.#break(error, batch);
    }
  }

  /** Null when the caller was refused. */
  #apply(queued: Queued): Outcome | null {
    let event: SchedulerEvent;
    try {
      event = queued.event();
    } catch (error) {
      queued.reject(error);
      return null;
    }
    return this.#scheduler.apply(event, this.#deps.clock.now());
  }

  #perform(effect: Effect): void {
    const { executor, onWarning } = this.#deps;
    switch (effect.kind) {
      case 'start':
        if (this.#address !== null) executor.start(runOf(effect.stage, effect.planDir, this.#address));
        break;
      case 'stop':
        executor.stop(effect.stageId, effect.attempt);
        break;
      case 'forget':
        executor.forget(effect.taskName).catch(onWarning);
    }
  }

  #break(error: unknown, batch: readonly Queued[]): void {
    this.#isDeaf = true;
    const refusal = new RefusedError("the master can't go on, and stops", {
      hint: "see the master's log",
      cause: error,
    });
    this.#refuse(refusal);
    for (const queued of batch) queued.reject(refusal);
    this.#rejectQueue();
    this.#deps.onFatal(error);
  }

  /** From now on, no caller is served, and nothing happens just because time passes. */
  #refuse(refusal: RefusedError): void {
    this.#refusal = refusal;
    this.#wake.set(null);
    this.#expire.set(null);
  }

  #rejectQueue(): void {
    for (const queued of this.#queue.splice(0)) queued.reject(this.#refusal);
  }

  #onExpire(): void {
    this.#tell({ kind: 'expire' });
    if (this.#refusal === null) this.#expire.set(this.#deps.clock.now() + EXPIRE_EVERY_MS);
  }
}

function unasked(event: SchedulerEvent): Queued {
  return { event: () => event, resolve: () => undefined, reject: () => undefined };
}
