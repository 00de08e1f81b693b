import path from 'node:path';
import type {
  Executor,
  MasterAddress,
  OutputPlace,
  StageExit,
  StageRun,
} from '../../../../src/master/executor/executor.ts';
import { isUri } from '../../../../src/model/uri.ts';
import type { Ending } from './machine.ts';

/** An executor whose programs end when the test says so. */
export class ScriptedExecutor implements Executor {
  readonly survivesMaster: boolean = false;
  readonly runs: StageRun[] = [];
  readonly stopped: string[] = [];
  readonly forgotten: string[] = [];
  /** What started attempts wait for, by `<stage>/<attempt>`. */
  readonly pending = new Map<string, string>();
  isClosed = false;
  /** Whether what runs was let go of. */
  isLeft = false;
  /** Whether the latest program ended only when the executor was closing. */
  wasClosingAtExit = false;
  /** Called while the executor closes. */
  whileClosing: () => void = () => undefined;
  /** When set, every program that is started ends in this way at once, before start returns. */
  immediately: Ending | null = null;
  forgetFailure: Error | null = null;
  /** What the sweep was told. */
  isKnown: ((taskName: string) => boolean) | null = null;
  #report: (exit: StageExit) => void = () => undefined;

  /** Why stages can't be run. */
  refusals: readonly string[] = [];

  objections(): readonly string[] {
    return this.refusals;
  }

  onExit(listener: (exit: StageExit) => void): void {
    this.#report = listener;
  }

  start(run: StageRun): void {
    this.runs.push(run);
    if (this.immediately !== null) this.end(run.stageId, this.immediately);
  }

  /** The latest attempt of the stage ends. When it is closing, only successes are reported. */
  end(stageId: string, how: Ending): void {
    this.wasClosingAtExit = this.isClosed;
    const isSuccess = how.kind === 'exited' && how.exitCode === 0;
    if (this.isClosed && !isSuccess) return;
    const run = this.runs.findLast((one) => one.stageId === stageId);
    this.#report({ stageId, attempt: run?.attempt ?? 0, ...how });
  }

  exit(stageId: string, exitCode: number): void {
    this.end(stageId, { kind: 'exited', exitCode, signal: null });
  }

  stop(stageId: string, attempt: number): void {
    this.stopped.push(`${stageId}/${attempt}`);
  }

  waitsFor(stageId: string, attempt: number): string | null {
    return this.pending.get(`${stageId}/${attempt}`) ?? null;
  }

  forget(taskName: string): Promise<void> {
    this.forgotten.push(taskName);
    return this.forgetFailure === null ? Promise.resolve() : Promise.reject(this.forgetFailure);
  }

  sweep(isKnown: (taskName: string) => boolean): Promise<void> {
    this.isKnown = isKnown;
    return Promise.resolve();
  }

  masterAddress(listening: MasterAddress): MasterAddress {
    return listening;
  }

  locate(taskName: string, output: string): OutputPlace {
    return { path: isUri(output) ? output : path.resolve('/state/work', taskName, output), isVisible: true };
  }

  logOf(taskName: string, stageId: string, attempt: number): string {
    return `/state/runs/${taskName}/${stageId}/${attempt}/log`;
  }

  close(): Promise<void> {
    this.isClosed = true;
    this.whileClosing();
    return Promise.resolve();
  }

  leave(): Promise<void> {
    this.isLeft = true;
    return Promise.resolve();
  }

  /** What was started, as "<stage>/<attempt>". */
  get started(): string[] {
    return this.runs.map(({ stageId, attempt }) => `${stageId}/${attempt}`);
  }
}
