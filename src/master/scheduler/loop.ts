import { OutcomeUnknownError, RefusedError } from '../../model/errors.ts';
import type { Executor, MasterAddresses, StageExit } from '../executor/executor.ts';
import { coalesce, isEmpty } from '../state/changes.ts';
import type { PlanRecord } from '../state/records.ts';
import type { Store } from '../store/store.ts';
import { Alarm } from './alarm.ts';
import type { Clock } from './clock.ts';
import type { Happening, Outcome, Reply, ReportEvent, SchedulerEvent, UserEvent } from './events.ts';
import { type EventMaker, eventOf, EventQueue, type Queued, unasked } from './event-queue.ts';
import { Exits } from './exits.ts';
import { Gate } from './gate.ts';
import type { ResultsCheckDependencies } from './results-check.ts';
import { Scheduler, type SchedulerOptions } from './scheduler.ts';
import { Starter } from './starter.ts';
import { freeTaskName } from './task-name.ts';
import { type StateReader, StateView } from './view.ts';

/** What the loop works with. It closes the store and the executor when it is closed. */
export interface LoopDependencies extends ResultsCheckDependencies {
  readonly store: Store;
  readonly executor: Executor;
  readonly clock: Clock;
  /** Eight random lower-case letters, to name a task. */
  readonly randomSuffix: () => string;
  /** Something broke that the loop can't go on from; nothing is acknowledged any more. Called once. */
  readonly onFatal: (error: unknown) => void;
  /** Told once it is stored. */
  readonly onHappening: (happening: Happening) => void;
}

/** How often it is looked for tasks that are to go, and how soon again when they are more than go at once. */
const [EXPIRE_EVERY_MS, EXPIRE_AGAIN_MS] = [60_000, 1000];

/**
 * The one writer of the state. Takes all events that are queued, applies them in order, stores what they changed as
 * one batch, and only then starts programs and answers the callers: whatever was acknowledged survives a crash.
 */
export class MasterLoop {
  /** The state as it is stored. */
  readonly state: StateReader;
  readonly #view: StateView;
  readonly #scheduler: Scheduler;
  readonly #deps: LoopDependencies;
  readonly #queue = new EventQueue();
  /** There from the start on. */
  #starter: Starter | null = null;
  #isWorking = false;
  #working = Promise.resolve();
  #closing: Promise<void> | null = null;
  /** Why no caller is served any more. */
  #refusal: RefusedError | null = null;
  readonly #gate = new Gate();
  /** Nothing is noted any more: the state is given up, or about to be closed. */
  #isStopped = false;
  readonly #exits: Exits;
  readonly #wake: Alarm;
  readonly #expire: Alarm;

  private constructor(deps: LoopDependencies, scheduler: Scheduler, view: StateView) {
    this.#deps = deps;
    this.#scheduler = scheduler;
    this.#view = view;
    this.state = view;
    this.#exits = new Exits(deps, scheduler, (event) => this.#tell(event));
    this.#wake = new Alarm(deps.clock, () => this.#tell({ kind: 'wake' }));
    this.#expire = new Alarm(deps.clock, () => this.#onExpire());
  }

  /** Reads the state. It can be looked at from now on; events wait for `start`. @throws StoreCorruptError */
  static async open(deps: LoopDependencies, options: SchedulerOptions): Promise<MasterLoop> {
    const loaded = await deps.store.load();
    const scheduler = Scheduler.restore(loaded, options);
    return new MasterLoop(deps, scheduler, new StateView(loaded, (name) => scheduler.outlineOf(name)));
  }

  /** Takes up what was running when the last master ended, and begins to work. `addresses` are where stages reach the master. */
  start(addresses: MasterAddresses): void {
    if (this.#starter !== null || this.#refusal !== null) return;
    this.#starter = new Starter(this.#deps, addresses, this.#onExit);
    this.#deps.executor.onExit(this.#onExit);
    this.#queue.begin({ kind: 'recover' });
    this.#onExpire();
  }

  /** Makes a task of a plan, and gives its name once it is stored. @throws RefusedError */
  async submit(planName: string, planDir: string, plan: PlanRecord): Promise<string> {
    let taskName = '';
    this.#gate.checkSubmission();
    await this.#ask(() => {
      this.#gate.checkSubmission();
      taskName = freeTaskName(planName, this.#deps.randomSuffix, (name) =>
        this.#scheduler.isFree(name, plan.outline),
      );
      return { kind: 'submit', taskName, planName, planDir, plan };
    });
    return taskName;
  }

  /** Answers once what the event changed is stored. @throws RefusedError */
  async changeStage(event: UserEvent | ReportEvent): Promise<Reply> {
    const isReport = event.kind !== 'suspend' && event.kind !== 'continue';
    if (!isReport) this.#gate.checkChange();
    return this.#ask(() => event, isReport);
  }

  /** While the state can't be written, what users ask for is refused, and reports wait. @param problem why, or null */
  setAway(problem: string | null): void {
    this.#gate.away = problem;
    this.#queue.rejectUsers(() => this.#gate.checkChange());
  }

  /** While there is a shortage, plans are refused and nothing is launched. @param shortage what is short, or null */
  hold(shortage: string | null): void {
    const isHeld = shortage !== null;
    if (isHeld !== (this.#gate.shortage !== null)) this.#tell({ kind: 'hold', isHeld });
    this.#gate.shortage = shortage;
  }

  /** Why nothing is launched at present, or null. */
  get obstacle(): string | null {
    const { away, shortage } = this.#gate;
    return away ?? (shortage === null ? null : `room on the disk: ${shortage}`);
  }

  /** The state is another's now: nothing more is stored or started, and `close` leaves programs running. */
  giveUp(reason: unknown): void {
    if (!this.#isStopped) this.#break(reason, []);
  }

  /**
   * Answers what was asked already, stops all programs, notes which succeeded and that the others are to be run again, and
   * closes executor and store. After a fatal error programs go on, where the next master finds them in the store; so they do
   * always where the executor's outlive their master. Asking again gives the same promise.
   */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    this.#refuse(new RefusedError('the master is shutting down', { hint: 'try again when it is back' }));
    if (this.#starter === null) this.#queue.rejectAll(this.#refusal);
    const { executor, store } = this.#deps;
    store.leave();
    while (this.#isWorking) await this.#working;
    const isBroken = this.#isStopped;
    const goesOn = (isBroken || executor.survivesMaster) && store.isLasting;
    this.#isStopped = true;
    this.#exits.beginKeeping();
    try {
      await (goesOn ? executor.leave() : executor.close());
      const exits = await this.#exits.kept();
      if (this.#starter !== null && !isBroken && !goesOn)
        await this.#process([unasked(() => ({ kind: 'interrupt', exits }))]);
    } finally {
      await store.close();
    }
  }

  #ask(event: EventMaker, isReport = false): Promise<Reply> {
    if (this.#refusal !== null) return Promise.reject(this.#refusal);
    const answered = this.#queue.ask(event, isReport);
    this.#work();
    return answered;
  }

  /** Queues an event that nobody waits for. */
  #tell(event: SchedulerEvent): void {
    if (this.#isStopped) return;
    this.#queue.tell(() => event);
    this.#work();
  }

  readonly #onExit = (exit: StageExit): void => {
    if (this.#exits.keep(exit) || this.#isStopped) return;
    this.#queue.tell(() => this.#exits.eventOf(exit));
    this.#work();
  };

  #work(): void {
    if (this.#starter === null || this.#isWorking) return;
    this.#isWorking = true;
    this.#working = this.#drain();
  }

  async #drain(): Promise<void> {
    while (!this.#queue.isEmpty) await this.#process(this.#queue.take());
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
      for (const { effects, happenings } of outcomes) {
        for (const happening of happenings) this.#deps.onHappening(happening);
        for (const effect of effects) this.#starter?.perform(effect);
      }
      for (const { queued, outcome } of answers) if (outcome !== null) queued.resolve(outcome.reply);
      if (this.#refusal === null) this.#wake.set(this.#scheduler.wakeAt());
    } catch (error) {
      this.#break(error, batch);
    }
  }

  /** Null when the caller was refused, or the event comes back. */
  #apply(queued: Queued): Outcome | null {
    const event = eventOf(queued);
    return event && this.#scheduler.apply(event, this.#deps.clock.now());
  }

  #break(error: unknown, batch: readonly Queued[]): void {
    this.#isStopped = true;
    const refusal = new RefusedError("the master can't go on, and stops", {
      hint: "see the master's log",
      cause: error,
    });
    this.#refuse(refusal);
    // It may have been stored all the same.
    const unknown = new OutcomeUnknownError(refusal.message, { hint: refusal.hint, cause: error });
    for (const queued of batch) queued.reject(unknown);
    this.#queue.rejectAll(refusal);
    this.#deps.onFatal(error);
  }

  /** From now on, no caller is served, and nothing happens just because time passes. */
  #refuse(refusal: RefusedError): void {
    this.#refusal = refusal;
    this.#wake.set(null);
    this.#expire.set(null);
  }

  #onExpire(): void {
    this.#tell({ kind: 'expire' });
    const now = this.#deps.clock.now();
    const pause = this.#scheduler.hasExpired(now) ? EXPIRE_AGAIN_MS : EXPIRE_EVERY_MS;
    if (this.#refusal === null) this.#expire.set(now + pause);
  }
}
