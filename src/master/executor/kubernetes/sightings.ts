import type { JobView } from './job-state.ts';
import { hasStarted, type PodView, type SeenPod, whyPending } from './pod-state.ts';

/** What was seen of an attempt's Job and pods, in the order in which it came to be known. */
export class Sightings {
  readonly #pods = new Map<string, SeenPod>();
  #job: JobView | 'unknown' | 'gone' = 'unknown';
  #count = 0;
  /** What the cluster says, outside of Job and pods, of why the program does not run. */
  hindrance: string | null = null;

  get job(): JobView | 'unknown' | 'gone' {
    return this.#job;
  }

  get pods(): readonly SeenPod[] {
    return [...this.#pods.values()];
  }

  /** How often something was seen by itself. */
  get count(): number {
    return this.#count;
  }

  /** True from the time on at which the program runs. */
  get hasStarted(): boolean {
    return hasStarted(this.pods);
  }

  /** Why the program does not run yet; null when it runs, or nothing is said. */
  get waitsFor(): string | null {
    if (this.hasStarted) return null;
    const hasNoPod = this.#job !== 'unknown' && this.#pods.size === 0;
    return (
      whyPending(this.pods) ??
      this.hindrance ??
      (hasNoPod ? 'Kubernetes has made no pod of its Job yet' : null)
    );
  }

  /** True while the program does not run, and neither Job nor pod says why. */
  get isUnexplained(): boolean {
    return this.#job !== 'unknown' && !this.hasStarted && whyPending(this.pods) === null;
  }

  /** False for another Job of the same name. */
  jobSeen(view: JobView): boolean {
    if (this.#isOther(view.uid)) return false;
    this.#job = view;
    this.#count += 1;
    return true;
  }

  /** The same. */
  jobGone(uid: string): boolean {
    if (this.#isOther(uid)) return false;
    this.#job = 'gone';
    this.#count += 1;
    return true;
  }

  /** An event tells why there is no pod, or why it does not start. */
  hindered(what: 'job' | 'pod', message: string): void {
    // Events stay for an hour, also when what they tell of is over.
    if (what === 'job' && this.#pods.size > 0) return;
    this.hindrance = `${what === 'job' ? 'its pod is refused' : 'its pod does not start'}: ${message}`;
  }

  podSeen(pod: SeenPod): void {
    if (!this.#pods.has(pod.uid)) this.hindrance = null;
    this.#pods.set(pod.uid, pod);
    this.#count += 1;
  }

  /** The Job was made, or found. What was told of it before is newer. */
  jobMade(view: JobView): void {
    if (this.#job === 'unknown') this.#job = view;
  }

  /** This is all that there is. */
  looked(job: JobView | null, pods: readonly PodView[]): void {
    this.#job = job ?? 'gone';
    for (const pod of this.pods) this.#pods.set(pod.uid, { ...pod, isGone: true });
    for (const pod of pods) this.#pods.set(pod.uid, { ...pod, isGone: false });
  }

  /** True where something is not among these any more. @param uids of all Jobs, or of all pods */
  misses(kind: 'jobs' | 'pods', uids: ReadonlySet<string>): boolean {
    if (kind === 'pods') return this.pods.some(({ uid, isGone }) => !isGone && !uids.has(uid));
    return typeof this.#job === 'object' && !uids.has(this.#job.uid);
  }

  #isOther(uid: string): boolean {
    return typeof this.#job === 'object' && this.#job.uid !== uid;
  }
}
