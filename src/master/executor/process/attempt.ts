import type { ChildProcess } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { errorMessage } from '../../../model/errors.ts';
import { exitStatusOf, findClaim, isAlive, removeExitStatus, type Claim } from './claim.ts';
import { groupGone, signalGroup } from './group.ts';
import { endedBy, exitedWith, failedToStart, LOST, type Outcome } from './outcome.ts';
import { programProblem, spawnSupervisor, type Program } from './supervisor.ts';

/** How often a supervisor that is not our child is looked at, in milliseconds. */
const LOOK_EVERY_MS = 200;

/**
 * One attempt, from its start, or from finding that it was started before, to its end.
 *
 * Its end is always the end of its supervisor; how it ended is what the supervisor left behind. A supervisor that
 * left nothing was killed: by us, or the attempt is lost.
 */
export class Attempt {
  readonly #program: Program;
  readonly #graceMs: number;
  /** The process group, while it is known and its supervisor lives. */
  #group: number | null = null;
  #stopping = false;
  #interrupted = false;
  #sent: NodeJS.Signals | null = null;
  #killTimer: NodeJS.Timeout | undefined;

  /** `graceMs`: how long a program that is stopped may take until it is killed. */
  constructor(program: Program, graceMs: number) {
    this.#program = program;
    this.#graceMs = graceMs;
  }

  /** To be called once. Never rejects. */
  async run(): Promise<Outcome> {
    const { attemptDir, workDir } = this.#program;
    try {
      await mkdir(workDir, { recursive: true, mode: 0o700 });
      await mkdir(attemptDir, { recursive: true, mode: 0o700 });
      const claim = await findClaim(attemptDir);
      if (claim !== null) return await this.#attach(claim);
      if (this.#stopping) return endedBy('SIGTERM');
      return await this.#launch();
    } catch (thrown) {
      return failedToStart(errorMessage(thrown));
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
    this.stop();
  }

  async #launch(): Promise<Outcome> {
    const { attemptDir } = this.#program;
    const problem = programProblem(this.#program);
    if (problem !== null) return failedToStart(problem);
    const child = spawnSupervisor(this.#program);
    const ended = endOf(child);
    if (child.pid !== undefined) this.#lead(child.pid);
    const status = await ended;
    this.#over();
    const claim = await findClaim(attemptDir);
    if (claim === null || claim === 'damaged') {
      return this.#sent === null ? failedToStart(`can't write to ${attemptDir}`) : endedBy(this.#sent);
    }
    // A supervisor from before a crash can have been faster; ours has left then.
    return claim.pid === child.pid ? this.#conclude(claim, status, true) : this.#attach(claim);
  }

  async #attach(claim: Claim | 'damaged'): Promise<Outcome> {
    if (claim === 'damaged') return LOST;
    if (!(await isAlive(claim))) {
      // Whatever has its ids by now is not ours to kill.
      const status = await exitStatusOf(this.#program.attemptDir);
      return status === null ? LOST : exitedWith(status);
    }
    this.#lead(claim.pid);
    do await delay(LOOK_EVERY_MS, undefined, { ref: false });
    while (await mayBeAlive(claim));
    return this.#conclude(claim, null, false);
  }

  /** `ownStatus`: what the supervisor itself exited with, where that is known. */
  async #conclude(claim: Claim, ownStatus: number | null, isOurs: boolean): Promise<Outcome> {
    const { attemptDir } = this.#program;
    this.#over();
    const status = await exitStatusOf(attemptDir);
    if (status === null) signalGroup(claim.pid, 'SIGKILL');
    if (status !== 0 || this.#stopping) await groupGone(claim.pid);
    if (this.#interrupted && status !== null && status !== 0) await removeExitStatus(attemptDir);
    const known = status ?? ownStatus;
    if (known !== null) return exitedWith(known);
    if (this.#sent !== null) return endedBy(this.#sent);
    // A supervisor of ours that we saw die was killed; of one from before us nothing is known.
    return isOurs ? endedBy('SIGKILL') : LOST;
  }

  #lead(group: number): void {
    this.#group = group;
    if (this.#stopping) this.#terminate();
  }

  #terminate(): void {
    if (this.#group === null) return;
    this.#signal('SIGTERM');
    this.#killTimer = setTimeout(() => this.#signal('SIGKILL'), this.#graceMs).unref();
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

/** Not being able to look (no file descriptor is free, say) is no sign of death: it is looked again later. */
async function mayBeAlive(claim: Claim): Promise<boolean> {
  try {
    return await isAlive(claim);
  } catch {
    return true;
  }
}
