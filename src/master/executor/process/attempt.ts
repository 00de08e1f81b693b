import type { ChildProcess } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { errorMessage } from '../../../model/errors.ts';
import { findClaim, mayBeAlive, type Claim } from './claim.ts';
import { endingOf, noteInterruption, withTime } from './ending.ts';
import { groupGone, signalGroup } from './group.ts';
import { endedBy, exitedWith, failedToStart, isSuccess, LOST, type Outcome } from './outcome.ts';
import { lookPatiently } from './patience.ts';
import { programProblem, spawnSupervisor, type Program } from './supervisor.ts';

/** How often a supervisor that is not our child is looked at, in milliseconds. */
const LOOK_EVERY_MS = 200;

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
  readonly #program: Program;
  readonly #times: AttemptTimes;
  /** The process group, while it is known and its supervisor lives. */
  #group: number | null = null;
  #stopping = false;
  #interrupted = false;
  #sent: NodeJS.Signals | null = null;
  #killTimer: NodeJS.Timeout | undefined;

  constructor(program: Program, times: AttemptTimes) {
    this.#program = program;
    this.#times = times;
  }

  /** To be called once. Never rejects. */
  async run(): Promise<Outcome> {
    try {
      const claim = await this.#findClaim();
      return claim === null ? await this.#launch() : await this.#attach(claim);
    } catch {
      // Whether and how it runs can't be told.
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

  /** Of an attempt that nobody has claimed. */
  async #launch(): Promise<Outcome> {
    const { attemptDir, workDir } = this.#program;
    const problem = programProblem(this.#program);
    if (problem !== null) return failedToStart(problem, true);
    let child: ChildProcess;
    let status: number | null;
    let isFirst: boolean;
    try {
      await mkdir(workDir, { recursive: true, mode: 0o700 });
      isFirst = (await mkdir(attemptDir, { recursive: true, mode: 0o700 })) !== undefined;
      if (this.#stopping) return endedBy('SIGTERM');
      child = spawnSupervisor(this.#program);
      const ended = endOf(child);
      if (child.pid !== undefined) this.#lead(child.pid);
      status = await ended;
    } catch (thrown) {
      // Ours does not run; a supervisor from before a crash that was slow to claim may.
      const claim = await this.#findClaim();
      return claim === null ? failedToStart(errorMessage(thrown)) : this.#attach(claim);
    }
    this.#over();
    const claim = await this.#findClaim();
    if (claim === null || (claim === 'damaged' && isFirst)) {
      return this.#sent === null ? failedToStart(`can't write to ${attemptDir}`) : endedBy(this.#sent);
    }
    if (claim === 'damaged') return LOST;
    // A supervisor from before a crash can have been faster; ours has left then.
    return claim.pid === child.pid ? this.#conclude(claim, status, true) : this.#attach(claim);
  }

  async #attach(claim: Claim | 'damaged'): Promise<Outcome> {
    return claim === 'damaged' ? LOST : withTime(await this.#follow(claim), this.#program.attemptDir);
  }

  async #follow(claim: Claim): Promise<Outcome> {
    if (!(await mayBeAlive(claim))) {
      // Whatever has its ids by now is not ours to kill.
      return (await this.#ending()) ?? LOST;
    }
    this.#lead(claim.pid);
    do await delay(LOOK_EVERY_MS, undefined, { ref: false });
    while (await mayBeAlive(claim));
    return this.#conclude(claim, null, false);
  }

  /** `ownStatus`: what the supervisor itself exited with, where that is known. */
  async #conclude(claim: Claim, ownStatus: number | null, isOurs: boolean): Promise<Outcome> {
    this.#over();
    const ending = await this.#ending();
    if (ending === null) signalGroup(claim.pid, 'SIGKILL');
    if (ending === null || !isSuccess(ending) || this.#stopping) await groupGone(claim.pid);
    if (ending !== null) return ending;
    if (ownStatus !== null) return exitedWith(ownStatus);
    if (this.#sent !== null) return endedBy(this.#sent);
    // A supervisor of ours that we saw die was killed; of one from before us nothing is known.
    return isOurs ? endedBy('SIGKILL') : LOST;
  }

  /** What the supervisor left behind; null as well where that can't be read. */
  async #ending(): Promise<Outcome | null> {
    try {
      return await lookPatiently(() => endingOf(this.#program.attemptDir), this.#times.patienceMs);
    } catch {
      return null;
    }
  }

  #lead(group: number): void {
    this.#group = group;
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

/** The exit code, or null after a signal. Rejects where the process couldn't be made. */
function endOf(child: ChildProcess): Promise<number | null> {
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', resolve);
  });
}
