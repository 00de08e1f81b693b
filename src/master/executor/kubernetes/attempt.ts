import { BacklogClosedError } from '../../kubernetes/backlog.ts';
import type { StageRun } from '../executor.ts';
import { type AttemptJob, RefusedJobError } from './attempt-job.ts';
import type { JobView } from './job-state.ts';
import type { PodView, SeenPod } from './pod-state.ts';
import { Sightings } from './sightings.ts';
import { Timers } from './timers.ts';
import { type Ending, NOT_STARTED, verdict } from './verdict.ts';

export interface AttemptOptions {
  readonly run: StageRun;
  readonly job: AttemptJob;
  /** How long it may take until its program runs, in milliseconds. */
  readonly startDeadlineMs: number;
  /** Keeps the log of a pod whose program has failed. Never rejects, and takes its time within bounds. */
  readonly keepLog: (pod: PodView) => Promise<void>;
  readonly onEnd: (ending: Ending) => void;
  /** Something that nobody has foreseen; told once. */
  readonly onProblem: (error: unknown) => void;
}

/** How long to wait before a Job is asked for again that the cluster does not take at present, in milliseconds. */
const AGAIN_MS = 5000;
/** How often one is looked at that the watches don't tell of, in milliseconds. */
const LOOK_MS = 5000;

/**
 * One attempt, from the creation of its Job to its end. What the watches tell is noted, and after each piece of news it is
 * decided whether that is the end. Where the watches leave two possibilities, the server is asked.
 */
export class Attempt {
  readonly seen = new Sightings();
  readonly job: AttemptJob;
  readonly #options: AttemptOptions;
  readonly #timers = new Timers();
  #isStopped = false;
  #isOver = false;
  #isLooking = false;
  #isInTrouble = false;
  /** Why it is not to start any more: it is being deleted, or was not created. */
  #givenUp: string | null = null;

  constructor(options: AttemptOptions) {
    this.#options = options;
    this.job = options.job;
  }

  begin(): void {
    this.#timers.after(this.#options.startDeadlineMs, () => this.#giveUpStart());
    this.#guard(this.#create());
  }

  /** Its program is stopped; the end is reported when it is gone. */
  stop(): void {
    if (this.#isStopped || this.#isOver) return;
    this.#isStopped = true;
    // One that is being created sees to it itself.
    if (this.seen.job !== 'unknown') this.#guard(this.#delete());
  }

  /** Nothing is reported any more. */
  leave(): void {
    this.#isOver = true;
    this.#timers.close();
  }

  jobSeen(view: JobView): void {
    if (this.seen.jobSeen(view)) this.#settle(false);
  }

  jobGone(uid: string): void {
    if (this.seen.jobGone(uid)) this.#settle(false);
  }

  podSeen(pod: SeenPod): void {
    this.seen.podSeen(pod);
    this.#settle(false);
  }

  /** There is a new list of the Jobs, or of the pods: what is not in it may be gone. @param uids all that it has */
  listed(kind: 'jobs' | 'pods', uids: ReadonlySet<string>): void {
    if (this.seen.misses(kind, uids)) this.#guard(this.#look());
  }

  async #create(): Promise<void> {
    let ending = await this.#tryToCreate();
    while (ending === 'again') {
      await new Promise<void>((resolve) => this.#timers.after(AGAIN_MS, resolve));
      ending = this.#givenUp === null ? await this.#tryToCreate() : failedToStart(this.#givenUp);
    }
    if (ending !== null) this.#end(ending);
  }

  /** How it has ended already; null when its Job is there. */
  async #tryToCreate(): Promise<Ending | 'again' | null> {
    const { job, seen } = this;
    let made;
    try {
      made = await job.create(() => this.#isStopped);
    } catch (error) {
      if (!(error instanceof RefusedJobError)) throw error;
      if (this.#isStopped) return NOT_STARTED;
      if (error.isFinal) return failedToStart(error.message);
      seen.hindrance = error.message;
      return 'again';
    }
    if (made === 'lost') return { kind: 'lost', reason: 'its Job is not there any more' };
    if (made === 'not-needed') return NOT_STARTED;
    seen.hindrance = null;
    seen.jobMade(made.view);
    if (this.#givenUp !== null) {
      await job.delete();
      return failedToStart(this.#givenUp);
    }
    if (this.#isStopped) await this.#delete();
    else if (job.isForeign) this.#keepLooking();
    else if (made.isFollowed) await this.#look();
    return null;
  }

  async #delete(): Promise<void> {
    await this.job.delete();
    // The watches tell when it is gone; where it was gone before, they don't.
    await this.#look();
  }

  #giveUpStart(): void {
    const { seen } = this;
    if (this.#isStopped || seen.hasStarted) return;
    const reason = seen.waitsFor ?? 'its pod does not start, and nothing says why';
    if (seen.job === 'unknown') {
      // Where nobody has said no, the API server is away. A Job that was refused is not asked for again.
      if (seen.hindrance === null) this.#timers.after(AGAIN_MS, () => this.#giveUpStart());
      else this.#givenUp = reason;
      return;
    }
    this.#guard(
      this.#look().then(async () => {
        if (this.#isOver || this.#isStopped || seen.hasStarted) return;
        this.#givenUp = reason;
        await this.job.delete();
        this.#end(failedToStart(reason));
      }),
    );
  }

  /** Decides whether this is the end. @param isCertain whether the server was asked for all of it just now */
  #settle(isCertain: boolean): void {
    if (this.#isOver || this.#givenUp !== null) return;
    const { job, pods } = this.seen;
    const { isForeign } = this.job;
    const found = verdict({ job, pods, isStopped: this.#isStopped, isForeign, isCertain });
    if (found === 'look') this.#guard(this.#look());
    else if (found !== 'wait') this.#end(found.ending, found.logOf);
  }

  #end(ending: Ending, logOf: PodView | null = null): void {
    if (this.#isOver) return;
    this.leave();
    if (logOf === null) this.#options.onEnd(ending);
    else void this.#options.keepLog(logOf).then(() => this.#options.onEnd(ending));
  }

  /** Asks the server for all of it. */
  async #look(): Promise<void> {
    if (this.#isLooking) return;
    this.#isLooking = true;
    try {
      // What the watches tell meanwhile is newer than what was asked for.
      for (let count = -1; count !== this.seen.count && !this.#isOver;) {
        count = this.seen.count;
        const { job, pods } = await this.job.look();
        if (count === this.seen.count) this.seen.looked(job, pods);
      }
    } finally {
      this.#isLooking = false;
    }
    this.#settle(true);
  }

  #keepLooking(): void {
    this.#guard(this.#look());
    this.#timers.after(LOOK_MS, () => this.#keepLooking());
  }

  #guard(work: Promise<void>): void {
    work.catch((error: unknown) => {
      if (this.#isOver || error instanceof BacklogClosedError) return;
      if (!this.#isInTrouble) this.#options.onProblem(error);
      this.#isInTrouble = true;
      // What can't be done now may be possible later; whatever happens, it is not taken for an end.
      this.#timers.after(LOOK_MS, () => this.#guard(this.#look()));
    });
  }
}

function failedToStart(reason: string): Ending {
  return { kind: 'failed-to-start', reason, isFinal: true };
}
