import type { KubernetesApi } from '../../kubernetes/api.ts';
import { ApiError } from '../../kubernetes/api-error.ts';
import type { Backlog } from '../../kubernetes/backlog.ts';
import { listOf, objectOf, textOf } from '../../kubernetes/json.ts';
import type { StageRun } from '../executor.ts';
import { type JobSettings, jobLabels, jobManifest, jobName, LABELS } from './job-manifest.ts';
import { type JobView, jobView } from './job-state.ts';
import { type PodView, podView } from './pod-state.ts';

/** What asks the API server about Jobs. */
export interface JobAccess {
  readonly api: Pick<KubernetesApi, 'request'>;
  readonly backlog: Pick<Backlog, 'do'>;
  readonly namespace: string;
  readonly settings: JobSettings;
}

/** The Job of an attempt is not made. */
export class RefusedJobError extends Error {
  /** True where it would be refused again. */
  readonly isFinal: boolean;

  constructor(message: string, isFinal: boolean) {
    super(message);
    this.name = 'RefusedJobError';
    this.isFinal = isFinal;
  }
}

/** The cluster may come to take it: rights and namespaces are given, and a quota has room again. */
const LATER = new Set([403, 404, 409]);
/** Events go after an hour, unless the API server is told otherwise (`--event-ttl`); this leaves room for clocks. */
const EVENTS_LAST_MS = 50 * 60_000;

/** The Job of one attempt at the API server. Everything is asked for until it is answered. */
export class AttemptJob {
  readonly name: string;
  /** It was left by another master, which puts no labels on its Jobs: the watches don't tell of it. */
  isForeign = false;
  readonly #run: StageRun;
  readonly #access: JobAccess;
  readonly #jobs: string;

  constructor(run: StageRun, access: JobAccess) {
    this.#run = run;
    this.#access = access;
    this.name = jobName(run.stageId, run.attempt);
    this.#jobs = `/apis/batch/v1/namespaces/${access.namespace}/jobs`;
  }

  /**
   * Makes it, or finds the one that is there. Never makes it a second time: one that a master before this one may have made, and
   * that is gone, is lost.
   * @param isStopped asked before it is made for the first time: then it is not needed any more
   * @throws RefusedJobError
   */
  async create(
    isStopped: () => boolean,
  ): Promise<{ readonly view: JobView; readonly isFollowed: boolean } | 'lost' | 'not-needed'> {
    if (this.#run.launchedAt !== undefined) {
      const view = await this.#find();
      if (view !== null) return { view: this.#own(view), isFollowed: true };
      if (await this.#mayHaveRun(this.#run.launchedAt)) return 'lost';
    }
    const { api, backlog, settings } = this.#access;
    const body = jobManifest(this.#run, settings);
    let wasTried = false;
    try {
      const job = await backlog.do(async (signal) => {
        if (!wasTried && isStopped()) return null;
        wasTried = true;
        return api.request({ method: 'POST', path: this.#jobs, body, signal });
      });
      if (job === null) return 'not-needed';
      const view = jobView(job);
      if (view === null)
        throw new RefusedJobError('the API server has answered with something else than a Job', false);
      return { view, isFollowed: false };
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      const found = error.status === 409 ? await this.#find() : null;
      if (found !== null) return { view: this.#own(found), isFollowed: true };
      throw new RefusedJobError(`the cluster refuses its Job: ${error.message}`, !LATER.has(error.status));
    }
  }

  /** Deletes it, with its pods first, so that it is gone when they are. */
  async delete(): Promise<void> {
    const { api, backlog } = this.#access;
    const body = { apiVersion: 'v1', kind: 'DeleteOptions', propagationPolicy: 'Foreground' };
    await backlog.do((signal) =>
      orNull(api.request({ method: 'DELETE', path: `${this.#jobs}/${this.name}`, body, signal })),
    );
  }

  /** What is there now. */
  async look(): Promise<{ readonly job: JobView | null; readonly pods: readonly PodView[] }> {
    const { api, backlog, namespace } = this.#access;
    // First the Job: pods that are not there after it is gone never will be.
    const job = await this.#find();
    const query = { labelSelector: `batch.kubernetes.io/job-name=${this.name}` };
    const path = `/api/v1/namespaces/${namespace}/pods`;
    const list = await backlog.do((signal) => api.request({ path, query, signal }));
    return { job, pods: listOf(list['items']).flatMap((pod) => podView(objectOf(pod)) ?? []) };
  }

  async #find(): Promise<JobView | null> {
    const { api, backlog } = this.#access;
    const job = await backlog.do((signal) =>
      orNull(api.request({ path: `${this.#jobs}/${this.name}`, signal })),
    );
    return job === null ? null : jobView(job);
  }

  /** The view, if this Job is ours. @throws RefusedJobError it is somebody else's */
  #own(view: JobView): JobView {
    const { attempt } = this.#run;
    const labels = Object.entries(jobLabels(this.#run, this.#access.settings.instance));
    if (labels.every(([name, value]) => view.labels[name] === value)) return view;
    this.isForeign = attempt === 1 && !(LABELS.stage in view.labels) && !(LABELS.instance in view.labels);
    if (this.isForeign) return view;
    const whose = textOf(view.labels[LABELS.instance]) ?? 'nobody that we know';
    throw new RefusedJobError(`there is a Job ${this.name} already, which belongs to ${whose}`, true);
  }

  /** Whether a Job that is not there may have been there: a pod or an event is left of it, or it was long ago. */
  async #mayHaveRun(launchedAt: number): Promise<boolean> {
    if (Date.now() - launchedAt > EVENTS_LAST_MS) return true;
    const { api, backlog, namespace } = this.#access;
    const { pods } = await this.look();
    if (pods.length > 0) return true;
    const query = { fieldSelector: `involvedObject.kind=Job,involvedObject.name=${this.name}`, limit: '1' };
    const path = `/api/v1/namespaces/${namespace}/events`;
    const events = await backlog.do((signal) => api.request({ path, query, signal }));
    return listOf(events['items']).length > 0;
  }
}

/** What is not there is null. */
async function orNull<T>(answer: Promise<T>): Promise<T | null> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return null;
    throw error;
  }
}
