import { Heap } from './heap.ts';
import { isServedBefore, type StageNode, type TaskNode } from './nodes.ts';

/**
 * The stages that can be launched, now or after a pause, in the order of their tasks' submission.
 *
 * A stage that can't be launched any more stays queued until its turn, and is then passed over. One whose plan lets no
 * further stage run is held by its task until one of them ends.
 */
export class Agenda {
  readonly #ready = new Heap<StageNode>(isServedBefore);
  readonly #paused = new Heap<StageNode>(
    (a, b) => until(a) < until(b) || (until(a) === until(b) && isServedBefore(a, b)),
  );
  readonly #queued = new Set<StageNode>();
  /** Queued since the time was last told. */
  readonly #fresh: StageNode[] = [];

  /** Queues the stage if it can be launched, and is not queued yet. */
  offer(stage: StageNode): void {
    if (this.#queued.has(stage) || !canLaunch(stage)) return;
    this.#queued.add(stage);
    stage.readySince = stage.state.notBefore;
    if (stage.readySince === null) this.#fresh.push(stage);
    (stage.state.notBefore === null ? this.#ready : this.#paused).push(stage);
  }

  /** Queues the first of the stages that a task holds, if there is one: there may be room for it now. */
  release({ held }: TaskNode): void {
    for (let stage = held.pop(); stage !== undefined; stage = held.pop()) {
      if (this.#queued.has(stage) || !canLaunch(stage)) continue;
      this.#queued.add(stage);
      this.#ready.push(stage);
      return;
    }
  }

  /** Makes the stages ready whose pause is over, and notes since when the others are. */
  endPauses(now: number): void {
    for (const stage of this.#fresh.splice(0)) stage.readySince = now;
    for (let end = this.wakeAt(); end !== null && end <= now; end = this.wakeAt()) {
      const stage = this.#paused.pop();
      if (stage !== undefined) this.#ready.push(stage);
    }
  }

  /** Takes the ready stage whose turn it is, if there is one. */
  next(): StageNode | undefined {
    for (let stage = this.#ready.pop(); stage !== undefined; stage = this.#ready.pop()) {
      this.#queued.delete(stage);
      const { task } = stage;
      if (!canLaunch(stage)) {
        // It may have been released in place of another.
        this.release(task);
        continue;
      }
      if (task.live < (task.outline.parallelism ?? Infinity)) return stage;
      task.held.push(stage);
    }
    return undefined;
  }

  /** When the next pause is over, or null when no stage is in one. */
  wakeAt(): number | null {
    for (let stage = this.#paused.peek(); stage !== undefined; stage = this.#paused.peek()) {
      if (canLaunch(stage)) return until(stage);
      this.#paused.pop();
      this.#queued.delete(stage);
    }
    return null;
  }
}

function canLaunch(stage: StageNode): boolean {
  return stage.state.status === 'WAITING' && stage.blockedBy === 0 && stage.task.record.status !== 'FAILED';
}

function until(stage: StageNode): number {
  return stage.state.notBefore ?? 0;
}
