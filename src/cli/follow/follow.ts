import type { MasterClient } from '../../model/master-client.ts';
import { NotFoundError, UnreachableError } from '../../model/errors.ts';
import type { StageInfo } from '../../model/views.ts';
import { noTask } from '../stage-fate.ts';
import { settled } from '../output/stage-words.ts';
import { Deadline } from './deadline.ts';
import { describeState, interruptedWait, waitIsOver } from './describe.ts';
import { Silence } from './silence.ts';
import { isFinal, isStageFinal, type Snapshot } from './snapshot.ts';

export interface FollowOptions {
  readonly client: MasterClient;
  readonly taskName: string;
  /** null waits without an end. */
  readonly timeoutMs: number | null;
  readonly signal: AbortSignal;
  /** What is worth saying while nothing happens. */
  readonly note: (text: string) => Promise<void>;
  /** So often it is said that nothing has changed, or that the master does not answer. One minute. */
  readonly noteEveryMs?: number;
}

/** The master is asked this often: soon after something has changed, seldom when nothing does. */
const POLL_MS = { least: 100, most: 1_000, growth: 1.5 };
const MINUTE_MS = 60_000;

/**
 * Follows a task to its end: yields it at first, and then whenever it was asked for again. The last one has a final status.
 * A master that can't be reached is asked again until the time is over, or for ever where there is none. Without a timeout
 * one that was never reached is told at once: the address may be wrong.
 * @throws NotFoundError it is unknown, or has gone
 * @throws WaitTimeoutError, InterruptedError
 * @throws UnreachableError the master was never reached
 */
export async function* follow(options: FollowOptions): AsyncGenerator<Snapshot, void> {
  const { client, taskName, timeoutMs, signal, note, noteEveryMs = MINUTE_MS } = options;
  const deadline = new Deadline(timeoutMs, signal);
  const silence = new Silence(noteEveryMs);
  const stages = new Map<string, StageInfo>();
  let last: Snapshot | null = null;
  let pause = POLL_MS.least;
  let changedAt = performance.now();
  try {
    for (;;) {
      try {
        silence.asked();
        const snapshot = await deadline.race(look(client, taskName, stages));
        silence.answered();
        const changed = last === null || fingerprint(last) !== fingerprint(snapshot);
        last = snapshot;
        yield snapshot;
        if (isFinal(snapshot.task.status)) return;
        const now = performance.now();
        if (changed) {
          pause = POLL_MS.least;
          changedAt = now;
        } else if (now - changedAt >= noteEveryMs) {
          changedAt = now;
          await note(describeState(snapshot));
        }
      } catch (error) {
        if (error instanceof NotFoundError && last !== null) throw hasGone(taskName, error);
        if (error instanceof NotFoundError) throw await deadline.race(noTask(client, taskName, error));
        const mayAnswerYet = last !== null || timeoutMs !== null;
        if (!(error instanceof UnreachableError) || !mayAnswerYet) throw error;
        const text = silence.failed(error);
        if (text !== null) await note(text);
      }
      await deadline.sleep(pause);
      pause = Math.min(POLL_MS.most, pause * POLL_MS.growth);
    }
  } catch (error) {
    if (!deadline.isOver) throw error;
    if (signal.aborted) throw interruptedWait(signal.reason, taskName);
    throw waitIsOver({ taskName, timeoutMs: timeoutMs ?? 0, last, silence });
  } finally {
    deadline.clear();
  }
}

/** Asks for the task, and for those of its stages that can still change. */
async function look(
  client: MasterClient,
  taskName: string,
  stages: Map<string, StageInfo>,
): Promise<Snapshot> {
  const task = await client.task(taskName);
  for (const id of task.stageIds) {
    const known = stages.get(id);
    if (known === undefined || !isStageFinal(known.status)) stages.set(id, await client.stage(id));
  }
  return { task, stages: settled(task.stageIds.flatMap((id) => stages.get(id) ?? [])) };
}

function fingerprint({ task, stages }: Snapshot): string {
  return [task.status, ...stages.map(({ status, retryCount }) => `${status}${retryCount}`)].join(' ');
}

function hasGone(taskName: string, cause: NotFoundError): NotFoundError {
  return new NotFoundError(`the task ${taskName} has gone: the master does not know it any more`, {
    hint: 'it may have expired, or the master lost its state',
    cause,
  });
}
