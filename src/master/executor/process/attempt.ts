import { setTimeout as delay } from 'node:timers/promises';
import { findClaim, mayBeAlive, type Claim } from './claim.ts';
import { lookPatiently } from './files.ts';
import { groupGone, signalGroup } from './group.ts';
import {
  endedBy,
  endingOf,
  exitedWith,
  failedToStart,
  isSuccess,
  LOST,
  noteInterruption,
  withTime,
  type Outcome,
} from './outcome.ts';
import type { Started, Starter } from './starter.ts';
import { programProblem, type Program } from './supervisor.ts';
import { endSurvivors } from './survivors.ts';

/** How often a supervisor that is not our child is looked at, in milliseconds. */
const LOOK_EVERY_MS = 200;
/** How long processes that were killed may take to be gone, in milliseconds. */
const GONE_WITHIN_MS = 2000;
/** How many helpers may be killed with the start of one attempt until it is given up. */
const HELPERS = 3;
const STOPPED_BEFORE = 'it was stopped before its program was started';
/** What would be refused again. */
const FINAL_REFUSALS = new Set<string | null>(['E2BIG', 'ERR_INVALID_ARG_VALUE']);

/** Tells whoever runs the master what it could not do, and why. */
export type Warn = (message: string, cause?: unknown) => void;

/** How long an attempt's end may take, and looking for what is known of it, in milliseconds. */
export interface AttemptTimes {
  /** How long a program that is stopped may take until it is killed. */
  readonly graceMs: number;
  /** How long the attempt's files may be unreadable until it is given up. */
  readonly patienceMs: number;
}

/**
 * One attempt, from its start, or from finding that it was started before, to its end.
 *
 * Its end is always the end of its supervisor; how it ended is what the supervisor left behind. A supervisor that
 * left nothing was killed: by us, or the attempt is lost. It failed to start only where nobody can have claimed it:
 * where that can't be told, it is lost.
 */
export class Attempt {
  /** True where another master, or a helper that is gone, started it. */
  isFollowed = false;
  /** Its process group, also after its end; null where it was never seen to live. */
  lastGroup: number | null = null;
  readonly #program: Program;
  readonly #times: AttemptTimes;
  readonly #starter: Starter;
  readonly #warn: Warn;
  /** The process group, while it is known and its supervisor lives. */
  #group: number | null = null;
  #stopping = false;
  #interrupted = false;
  /** Our supervisor, once it was started. */
  #pid: number | null = null;
  #sent: NodeJS.Signals | null = null;
  #killTimer: NodeJS.Timeout | undefined;

  constructor(program: Program, times: AttemptTimes, starter: Starter, warn: Warn) {
    this.#program = program;
    this.#times = times;
    this.#starter = starter;
    this.#warn = warn;
  }

  /** To be called once. Never rejects. */
  async run(): Promise<Outcome> {
    try {
      return await this.#launch();
    } catch (thrown) {
      this.#warn(
        `whether ${this.#program.attemptDir} runs, and how it ended, can't be told: it is lost`,
        thrown,
      );
      return LOST;
    } finally {
      this.#over();
    }
  }

  /** Asks the program to end, and kills it when it doesn't in time. */
  stop(): void {
    if (this.#stopping) return;
    this.#stopping = true;
    this.#terminate();
  }

  /** Stops it because the master leaves: when it is asked for again, it is lost unless it succeeded. */
  interrupt(): void {
    this.#interrupted = true;
    this.#noteInterruption();
    this.stop();
  }

  #findClaim(): Promise<Claim | 'damaged' | null> {
    return lookPatiently(() => findClaim(this.#program.attemptDir), this.#times.patienceMs);
  }

  async #launch(): Promise<Outcome> {
    const problem = programProblem(this.#program);
    if (problem !== null) return failedToStart(problem, true);
    for (let left = HELPERS; left > 0; left -= 1) {
      const mayRun = left < HELPERS;
      const started = await this.#starter.start({
        program: this.#program,
        // One that may be on its way to its claim is kept from it by another one that is stopped.
        isWanted: () => !this.#stopping || mayRun,
        onPid: (pid) => {
          this.#pid = pid;
          this.#lead(pid);
        },
      });
      if (started.kind !== 'vanished') return this.#after(started);
      // A supervisor that was on its way to its claim, and a second one: only one of them runs the program.
      const claim = await this.#findClaim();
      if (claim !== null) return this.#attach(claim);
    }
    return failedToStart('the helper that starts programs was killed again and again', false);
  }

  async #after(started: Exclude<Started, { readonly kind: 'vanished' }>): Promise<Outcome> {
    if (started.kind === 'ended' && started.code === 0 && !this.#stopping) return exitedWith(0);
    if (started.kind === 'ended') this.#over();
    const claim = await this.#findClaim();
    const isOther = claim === null || (claim === 'damaged' && started.kind === 'ended' && started.isNew);
    if (!isOther) {
      // A supervisor from before a crash can have been faster; ours has left then.
      return claim !== 'damaged' && started.kind === 'ended' && claim.pid === this.#pid
        ? this.#conclude(claim, started.code, true)
        : this.#attach(claim);
    }
    if (this.#sent !== null) return failedToStart(STOPPED_BEFORE, false);
    switch (started.kind) {
      case 'dropped':
        return failedToStart(STOPPED_BEFORE, false);
      case 'refused':
        return failedToStart(started.reason, FINAL_REFUSALS.has(started.code));
      case 'helpless':
        return failedToStart(started.reason, false);
      case 'ended':
      case 'claimed':
        return failedToStart(`can't write to ${this.#program.attemptDir}`, false);
    }
  }

  async #attach(claim: Claim | 'damaged'): Promise<Outcome> {
    this.isFollowed = true;
    if (claim !== 'damaged') return withTime(await this.#follow(claim), this.#program.attemptDir);
    this.#warn(
      `the file pid in ${this.#program.attemptDir} is damaged: its attempt is lost, and may still run`,
    );
    return LOST;
  }

  async #follow(claim: Claim): Promise<Outcome> {
    if (!(await mayBeAlive(claim))) {
      const ending = await this.#ending();
      if (ending === null || !isSuccess(ending)) await this.#endSurvivors(claim);
      return ending ?? this.#lost();
    }
    this.#lead(claim.pid);
    do await delay(LOOK_EVERY_MS, undefined, { ref: false });
    while (await mayBeAlive(claim));
    return this.#conclude(claim, null, false);
  }

  async #endSurvivors(claim: Claim): Promise<void> {
    const { attemptDir, env } = this.#program;
    const result = await endSurvivors(claim, env, this.#times.patienceMs);
    if (result === 'none') return;
    const went = `the program of ${attemptDir} went on without its supervisor`;
    this.#warn(
      result === 'killed' ? `${went}: it was killed` : `${went}, in group ${claim.pid}: it can't be killed`,
    );
  }

  /** `ownStatus`: what the supervisor itself exited with, where that is known. */
  async #conclude(claim: Claim, ownStatus: number | null, isOurs: boolean): Promise<Outcome> {
    this.#over();
    const ending = await this.#ending();
    if (ending === null) signalGroup(claim.pid, 'SIGKILL');
    if (ending === null || !isSuccess(ending) || this.#stopping) await groupGone(claim.pid, GONE_WITHIN_MS);
    if (ending !== null) return ending;
    if (ownStatus !== null) return exitedWith(ownStatus);
    if (this.#sent !== null) return endedBy(this.#sent);
    // A supervisor of ours that we saw die was killed; of one from before us nothing is known.
    return isOurs ? endedBy('SIGKILL') : this.#lost();
  }

  #lost(): Outcome {
    this.#warn(`the supervisor of ${this.#program.attemptDir} ended without a word: the attempt is lost`);
    return LOST;
  }

  /** What the supervisor left behind; null as well where that can't be read. */
  async #ending(): Promise<Outcome | null> {
    try {
      return await lookPatiently(() => endingOf(this.#program.attemptDir), this.#times.patienceMs);
    } catch (thrown) {
      this.#warn(`how ${this.#program.attemptDir} ended can't be read`, thrown);
      return null;
    }
  }

  #lead(group: number): void {
    this.#group = group;
    this.lastGroup = group;
    this.#noteInterruption();
    if (this.#stopping) this.#terminate();
  }

  /** Where that fails, the master's own note of its shutdown has to do, which comes after all programs have ended. */
  #noteInterruption(): void {
    if (!this.#interrupted || this.#group === null) return;
    try {
      noteInterruption(this.#program.attemptDir);
    } catch {
      return;
    }
  }

  #terminate(): void {
    if (this.#group === null) return;
    this.#signal('SIGTERM');
    clearTimeout(this.#killTimer);
    this.#killTimer = setTimeout(() => this.#signal('SIGKILL'), this.#times.graceMs).unref();
  }

  #signal(signal: NodeJS.Signals): void {
    if (this.#group === null) return;
    signalGroup(this.#group, signal);
    this.#sent = signal;
  }

  #over(): void {
    clearTimeout(this.#killTimer);
    this.#group = null;
  }
}
