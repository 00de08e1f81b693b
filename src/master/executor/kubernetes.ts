import { isAbsolute } from 'node:path';
import { isUri } from '../../model/uri.ts';
import type { Access } from '../kubernetes/access.ts';
import { KubernetesApi } from '../kubernetes/api.ts';
import { Backlog, BacklogClosedError } from '../kubernetes/backlog.ts';
import { listOf, objectOf, textOf } from '../kubernetes/json.ts';
import type { Reflector } from '../kubernetes/reflector.ts';
import type { Executor, MasterAddress, OutputPlace, RunnableStage, StageExit, StageRun } from './executor.ts';
import { AttemptJob } from './kubernetes/attempt-job.ts';
import { Attempt } from './kubernetes/attempt.ts';
import { following, jobsPath } from './kubernetes/following.ts';
import { Hindrances } from './kubernetes/hindrances.ts';
import { jobName, type JobSettings, LABELS, objections } from './kubernetes/job-manifest.ts';
import { KeptLogs } from './kubernetes/kept-logs.ts';
import { logTail } from './kubernetes/pod-log.ts';
import type { PodView } from './kubernetes/pod-state.ts';
import type { Ending } from './kubernetes/verdict.ts';

export interface KubernetesExecutorOptions {
  readonly access: Access;
  readonly userAgent: string;
  /** Where the Jobs are. */
  readonly namespace: string;
  readonly settings: JobSettings;
  /** How long an attempt may take until its program runs, in milliseconds. */
  readonly startDeadlineMs: number;
  /** Where the logs of failed attempts are kept. */
  readonly stateDir: string;
  /** How much of the end of a log is kept, and how much of all of them, in bytes. */
  readonly maxLogBytes: number;
  readonly maxTotalLogBytes: number;
  /** Where pods reach the master. */
  readonly address: MasterAddress;
  /** Folders that stages and master share: results below them can be looked for. */
  readonly sharedFolders: readonly string[];
  readonly onWarning: (warning: Error) => void;
  readonly onNotice: (text: string) => void;
}

/** How many requests that change something are under way at once. */
const AT_ONCE = 16;
const PAGE = '500';
/** How long close() waits for pods to be gone beyond their grace, in milliseconds. */
const GONE_WITHIN_MS = 10_000;

/** Runs each attempt as a Job of Kubernetes, which goes on without the master; the next one follows it. */
export class KubernetesExecutor implements Executor {
  readonly survivesMaster = true;
  readonly #options: KubernetesExecutorOptions;
  readonly #api: KubernetesApi;
  readonly #backlog: Backlog;
  readonly #logs: KeptLogs;
  /** By the names of their Jobs. */
  readonly #attempts = new Map<string, Attempt>();
  readonly #hindrances: Hindrances;
  readonly #reflectors: readonly Reflector[];
  #report: (exit: StageExit) => void = () => undefined;
  #isOpen = true;
  /** Ends say nothing any more, but for successes. */
  #isClosing = false;
  #idle: () => void = () => undefined;
  /** Why the watches don't tell anything at present. */
  #blindness: string | null = null;

  constructor(options: KubernetesExecutorOptions) {
    this.#options = options;
    this.#api = new KubernetesApi(options.access, options.userAgent);
    this.#backlog = new Backlog(AT_ONCE, (error) => this.#onTrouble('changed', error));
    this.#logs = new KeptLogs(options.stateDir, options.maxTotalLogBytes);
    this.#hindrances = new Hindrances(this.#api, options.namespace, this.#attempts);
    this.#reflectors = following({
      api: this.#api,
      namespace: options.namespace,
      labelSelector: this.#selector,
      attempts: this.#attempts,
      onTrouble: (error) => {
        this.#blindness = error === null ? null : "the API server can't be followed";
        this.#onTrouble('followed', error);
      },
    });
  }

  /** Begins to follow the cluster. Whether it answers is seen later: a master starts without it, too. */
  async open(): Promise<void> {
    await this.#logs.open();
    for (const reflector of this.#reflectors) reflector.start();
  }

  objections(stage: RunnableStage): readonly string[] {
    return objections(stage, this.#options.settings);
  }

  onExit(listener: (exit: StageExit) => void): void {
    this.#report = listener;
  }

  start(run: StageRun): void {
    const name = jobName(run.stageId, run.attempt);
    if (!this.#isOpen || this.#attempts.has(name)) return;
    const { namespace, settings, startDeadlineMs, onWarning } = this.#options;
    const attempt = new Attempt({
      run,
      job: new AttemptJob(run, { api: this.#api, backlog: this.#backlog, namespace, settings }),
      startDeadlineMs,
      keepLog: (pod) => this.#keepLog(run, pod),
      onEnd: (ending) => this.#ended(run, name, ending),
      onProblem: (cause) => onWarning(new Error(`the Job ${name} can't be seen to`, { cause })),
    });
    this.#attempts.set(name, attempt);
    this.#hindrances.watch(attempt);
    attempt.begin();
  }

  stop(stageId: string, attempt: number): void {
    this.#attempts.get(jobName(stageId, attempt))?.stop();
  }

  async forget(taskName: string): Promise<void> {
    const labelSelector = `${this.#selector},${LABELS.task}=${taskName}`;
    const body = { apiVersion: 'v1', kind: 'DeleteOptions', propagationPolicy: 'Background' };
    const request = { method: 'DELETE', path: this.#jobsPath, query: { labelSelector }, body } as const;
    try {
      await Promise.all([
        this.#logs.forget(taskName),
        this.#backlog.do((signal) => this.#api.request({ ...request, signal })),
      ]);
    } catch (error) {
      // The next master finds them.
      if (!(error instanceof BacklogClosedError)) throw error;
    }
  }

  async sweep(isKnown: (taskName: string) => boolean): Promise<void> {
    try {
      const gone = new Set((await this.#logs.tasks()).filter((task) => !isKnown(task)));
      for await (const task of this.#tasksWithJobs()) if (!isKnown(task)) gone.add(task);
      for (const task of gone) await this.forget(task);
    } catch (error) {
      // The next master finds them.
      if (!(error instanceof BacklogClosedError)) throw error;
    }
  }

  async *#tasksWithJobs(): AsyncGenerator<string> {
    const labelSelector = `${this.#selector},${LABELS.task}`;
    let next = '';
    do {
      const query = { labelSelector, limit: PAGE, ...(next === '' ? {} : { continue: next }) };
      const path = this.#jobsPath;
      const page = await this.#backlog.do((signal) => this.#api.request({ path, query, signal }));
      for (const job of listOf(page['items']).map(objectOf)) {
        const task = textOf(objectOf(objectOf(job['metadata'])['labels'])[LABELS.task]);
        if (task !== null) yield task;
      }
      next = textOf(objectOf(page['metadata'])['continue']) ?? '';
    } while (next !== '');
  }

  masterAddress(): MasterAddress {
    return this.#options.address;
  }

  /** A relative path is somewhere in a container, which is gone with its pod. */
  locate(_taskName: string, output: string): OutputPlace {
    if (isUri(output)) return { path: output, isVisible: true };
    const isVisible =
      isAbsolute(output) &&
      this.#options.sharedFolders.some((folder) => output.startsWith(`${folder.replace(/\/$/, '')}/`));
    return { path: output, isVisible };
  }

  waitsFor(stageId: string, attempt: number): string | null {
    const found = this.#attempts.get(jobName(stageId, attempt));
    if (found === undefined || found.seen.hasStarted) return null;
    return found.seen.waitsFor ?? this.#blindness;
  }

  logOf(taskName: string, stageId: string, attempt: number): string {
    const kept = this.#logs.pathOf(taskName, stageId, attempt);
    return kept ?? `kubectl -n ${this.#options.namespace} logs job/${jobName(stageId, attempt)}`;
  }

  async close(): Promise<void> {
    const allGone = new Promise<void>((resolve) => {
      this.#idle = resolve;
    });
    for (const attempt of this.#attempts.values()) attempt.stop();
    if (this.#attempts.size > 0) {
      let timer: NodeJS.Timeout | undefined;
      const late = new Promise<void>((resolve) => {
        timer = setTimeout(resolve, this.#options.settings.graceMs + GONE_WITHIN_MS);
      });
      this.#isClosing = true;
      await Promise.race([allGone, late]);
      clearTimeout(timer);
    }
    await this.leave();
  }

  async leave(): Promise<void> {
    this.#isOpen = false;
    for (const attempt of this.#attempts.values()) attempt.leave();
    this.#attempts.clear();
    this.#hindrances.close();
    this.#backlog.close();
    await Promise.all(this.#reflectors.map((reflector) => reflector.close()));
    this.#api.close();
  }

  #ended({ stageId, attempt }: StageRun, name: string, ending: Ending): void {
    if (!this.#isOpen) return;
    this.#attempts.delete(name);
    const isSuccess = ending.kind === 'exited' && ending.exitCode === 0;
    if (!this.#isClosing || isSuccess) this.#report({ stageId, attempt, ...ending });
    if (this.#attempts.size === 0) this.#idle();
  }

  async #keepLog(run: StageRun, pod: PodView): Promise<void> {
    try {
      await this.#logs.keep(
        run,
        await logTail(this.#api, this.#options.namespace, pod, this.#options.maxLogBytes),
      );
    } catch (cause) {
      this.#options.onWarning(new Error(`the log of the pod ${pod.name} could not be kept`, { cause }));
    }
  }

  get #jobsPath(): string {
    return jobsPath(this.#options.namespace);
  }

  /** Of all Jobs of this master. */
  get #selector(): string {
    return `${LABELS.instance}=${this.#options.settings.instance}`;
  }

  #onTrouble(what: string, error: unknown): void {
    const { onNotice, onWarning, namespace } = this.#options;
    if (error === null) onNotice(`the Jobs in ${namespace} can be ${what} again`);
    else
      onWarning(new Error(`the Jobs in ${namespace} can't be ${what}; what runs goes on`, { cause: error }));
  }
}
