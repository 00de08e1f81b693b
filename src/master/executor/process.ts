import { readdir, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { errorMessage } from '../../model/errors.ts';
import { isUri } from '../../model/uri.ts';
import type { Executor, MasterAddress, OutputPlace, StageExit, StageRun } from './executor.ts';
import { Attempt, type AttemptTimes, type Warn } from './process/attempt.ts';
import { programEnvironment, type Environment } from './process/environment.ts';
import { attemptDirOf, logFileOf, taskRunsDirOf, workDirOf } from './process/files.ts';
import { Logs } from './process/logs.ts';
import { failedToStart, isSuccess, type Outcome } from './process/outcome.ts';
import { Starter } from './process/starter.ts';

export interface ProcessExecutorOptions {
  /** Where working directories and logs go. */
  readonly stateDir: string;
  /** The master's own environment; programs get a part of it. */
  readonly masterEnv: Environment;
  /** Names of variables to pass on to programs besides those that always are. */
  readonly passEnv?: readonly string[];
  /** How long a program that is stopped may take until it is killed, in milliseconds. 5 seconds unless told. */
  readonly graceMs?: number;
  /** How long the files of an attempt may be unreadable until it is given up, in milliseconds. 30 seconds unless told. */
  readonly patienceMs?: number;
  /** How long the helper that starts programs may take to answer until it is replaced, in milliseconds. 30 seconds unless told. */
  readonly answersWithinMs?: number;
  /** How long the log of an attempt may be, in bytes: beginning and end are kept of a longer one. 64 MiB unless told. */
  readonly maxLogBytes?: number;
  /** How long the logs of all attempts that have ended may be together, in bytes. 4 GiB unless told. */
  readonly maxTotalLogBytes?: number;
  /** Hears what an operator has to know: its message says what could not be done, its cause why. */
  readonly onWarning?: (warning: Error) => void;
}

/** How long close() waits for programs that were killed, in milliseconds, after their grace. */
const KILLED_WITHIN_MS = 3000;
/** The longest time of a timer. */
const LONGEST_MS = 2 ** 31 - 1;
/** How many folders are removed at the same time. */
const SWEPT_AT_ONCE = 4;

/**
 * Runs stages as processes of this machine. They don't depend on the master's life: one that starts again over
 * the same folder finds them, or how they ended.
 */
export class ProcessExecutor implements Executor {
  /** What runs needs the master's machine and its folders, which may go with it. */
  readonly survivesMaster = false;
  readonly #stateDir: string;
  readonly #masterEnv: Environment;
  readonly #passEnv: readonly string[];
  readonly #times: AttemptTimes;
  readonly #attempts = new Map<string, { readonly attempt: Attempt; readonly ended: Promise<void> }>();
  readonly #starter: Starter;
  readonly #logs: Logs;
  readonly #warn: Warn;
  #report: (exit: StageExit) => void = () => undefined;
  #state: 'open' | 'closing' | 'closed' = 'open';

  constructor(options: ProcessExecutorOptions) {
    this.#stateDir = resolve(options.stateDir);
    this.#masterEnv = options.masterEnv;
    this.#passEnv = options.passEnv ?? [];
    // What is longer than any timer takes would end at once.
    const graceMs = Math.min(options.graceMs ?? 5000, LONGEST_MS - KILLED_WITHIN_MS);
    this.#times = { graceMs, patienceMs: options.patienceMs ?? 30_000 };
    this.#warn = (message, cause) => options.onWarning?.(new Error(message, { cause }));
    this.#starter = new Starter(options.answersWithinMs ?? 30_000, this.#warn);
    this.#logs = new Logs(
      {
        maxLogBytes: options.maxLogBytes ?? 64 * 2 ** 20,
        maxTotalLogBytes: options.maxTotalLogBytes ?? 4 * 2 ** 30,
      },
      this.#warn,
    );
  }

  /** What a pod would have means nothing to a process; lint says so. */
  objections(): readonly string[] {
    return [];
  }

  onExit(listener: (exit: StageExit) => void): void {
    this.#report = listener;
  }

  start(run: StageRun): void {
    const key = keyOf(run.stageId, run.attempt);
    if (this.#state !== 'open' || this.#attempts.has(key)) return;
    let attempt;
    try {
      attempt = this.#attemptOf(run);
    } catch (thrown) {
      queueMicrotask(() => this.#ended(run, failedToStart(errorMessage(thrown), true)));
      return;
    }
    const log = this.logOf(run.taskName, run.stageId, run.attempt);
    this.#logs.watch(log);
    const ended = attempt.run().then((outcome) => {
      this.#attempts.delete(key);
      this.#ended(run, outcome);
      // A program that has succeeded may leave processes on purpose; what others leave is killed.
      const group = isSuccess(outcome) ? attempt.lastGroup : null;
      return this.#logs.ended(log, { taskName: run.taskName, isOld: attempt.isFollowed, group });
    });
    this.#attempts.set(key, { attempt, ended });
  }

  /** Does nothing where start() wasn't called before, or it has ended. */
  stop(stageId: string, attempt: number): void {
    this.#attempts.get(keyOf(stageId, attempt))?.attempt.stop();
  }

  /** Removes working directory and logs of a task that has ended. @throws RangeError for a name that no task has */
  async forget(taskName: string): Promise<void> {
    this.#logs.forget(taskName);
    const folders = [workDirOf(this.#stateDir, taskName), taskRunsDirOf(this.#stateDir, taskName)];
    await Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true, maxRetries: 3 })));
    // One that was shortened meanwhile has been counted again.
    this.#logs.forget(taskName);
  }

  /** Attempts that are stopped by this are lost when they are asked for again, unless they succeeded. */
  async close(): Promise<void> {
    if (this.#state === 'open') this.#state = 'closing';
    const running = [...this.#attempts.values()];
    for (const { attempt } of running) attempt.interrupt();
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((done) => {
      timer = setTimeout(done, this.#times.graceMs + KILLED_WITHIN_MS);
    });
    await Promise.race([Promise.all(running.map(({ ended }) => ended)), late]);
    clearTimeout(timer);
    await this.leave();
  }

  async leave(): Promise<void> {
    this.#state = 'closed';
    await Promise.all([this.#starter.close(), this.#logs.close()]);
  }

  /** Stages run on this machine, so an address that stands for all of its own is reached at loopback. */
  masterAddress({ host, port }: MasterAddress): MasterAddress {
    if (host === '0.0.0.0') return { host: '127.0.0.1', port };
    return { host: host === '::' ? '::1' : host, port };
  }

  /** @throws RangeError for a name that no task has */
  locate(taskName: string, output: string): OutputPlace {
    const path = isUri(output) ? output : resolve(workDirOf(this.#stateDir, taskName), output);
    return { path, isVisible: true };
  }

  /** A program runs as soon as it is started. */
  waitsFor(): null {
    return null;
  }

  /** @throws RangeError for names that no task or stage has */
  logOf(taskName: string, stageId: string, attempt: number): string {
    return logFileOf(attemptDirOf(this.#stateDir, taskName, stageId, attempt));
  }

  /** Looks for the logs that are left as well, whose whole length is bounded. */
  async sweep(isKnown: (taskName: string) => boolean): Promise<void> {
    for (const part of ['work', 'runs']) {
      const folder = join(this.#stateDir, part);
      const names = (await readdir(folder)).filter((name) => !isKnown(name));
      const work = async (): Promise<void> => {
        for (let name = names.pop(); name !== undefined; name = names.pop()) {
          // Of a symbolic link, this removes the link.
          await rm(join(folder, name), { recursive: true, force: true, maxRetries: 3 });
        }
      };
      await Promise.all(Array.from({ length: SWEPT_AT_ONCE }, work));
    }
    await this.#logs.find(this.#stateDir);
  }

  #attemptOf(run: StageRun): Attempt {
    const workDir = workDirOf(this.#stateDir, run.taskName);
    const env = programEnvironment({
      master: this.#masterEnv,
      passEnv: this.#passEnv,
      run: run.env,
      planDir: run.planDir,
      workDir,
    });
    const attemptDir = attemptDirOf(this.#stateDir, run.taskName, run.stageId, run.attempt);
    return new Attempt(
      { attemptDir, workDir, command: run.command, env },
      this.#times,
      this.#starter,
      this.#warn,
    );
  }

  #ended(run: StageRun, outcome: Outcome): void {
    if (this.#state === 'closed' || (this.#state === 'closing' && !isSuccess(outcome))) return;
    this.#report({ stageId: run.stageId, attempt: run.attempt, ...outcome });
  }
}

function keyOf(stageId: string, attempt: number): string {
  return `${stageId}/${attempt}`;
}
