import type { MasterClient } from '../../model/master-client.ts';
import {
  InterruptedError,
  NotFoundError,
  UnreachableError,
  WaitTimeoutError,
  errorMessage,
} from '../../model/errors.ts';
import type { StageInfo } from '../../model/views.ts';
import { clockTime } from './clock-time.ts';
import { describeState } from './describe.ts';
import { isFinal, type Snapshot } from './snapshot.ts';

export interface FollowOptions {
  readonly client: MasterClient;
  readonly taskName: string;
  /** null waits without an end. */
  readonly timeoutMs: number | null;
  readonly signal: AbortSignal;
  /** What is worth saying while nothing happens. */
  readonly note: (text: string) => Promise<void>;
  /** For so long a master that can't be reached is asked again: longer than a restart takes. One minute. */
  readonly patienceMs?: number;
  /** When nothing has changed for so long, what is known is said. One minute. */
  readonly silenceMs?: number;
}

/** The master is asked this often: soon after something has changed, seldom when nothing does. */
const POLL_MS = { least: 100, most: 1_000, growth: 1.5 };
const MINUTE_MS = 60_000;

/**
 * Follows a task to its end: yields it at first, and then whenever it was asked for again. The last one has a final status.
 * @throws NotFoundError it is unknown, or has gone
 * @throws WaitTimeoutError, InterruptedError
 * @throws UnreachableError the master could not be reached for a minute
 */
export async function* follow(options: FollowOptions): AsyncGenerator<Snapshot, void> {
  const { client, taskName, timeoutMs, signal, note } = options;
  const { patienceMs = MINUTE_MS, silenceMs = MINUTE_MS } = options;
  const deadline = new Deadline(timeoutMs, signal);
  const stages = new Map<string, StageInfo>();
  let last: Snapshot | null = null;
  let pause = POLL_MS.least;
  let changedAt = performance.now();
  let unreachableSince: number | null = null;
  const silence = new Silence();
  try {
    for (;;) {
      try {
        silence.asked();
        const snapshot = await deadline.race(look(client, taskName, stages));
        silence.answered();
        unreachableSince = null;
        const changed = last === null || fingerprint(last) !== fingerprint(snapshot);
        last = snapshot;
        yield snapshot;
        if (isFinal(snapshot.task.status)) return;
        const now = performance.now();
        if (changed) {
          pause = POLL_MS.least;
          changedAt = now;
        } else if (now - changedAt >= silenceMs) {
          changedAt = now;
          await note(describeState(snapshot));
        }
      } catch (error) {
        if (error instanceof NotFoundError && last !== null) {
          const message = `the task ${taskName} has gone: the master does not know it any more`;
          throw new NotFoundError(message, {
            hint: 'it may have expired, or the master lost its state',
            cause: error,
          });
        }
        // Something else than a master at the address, or one that was never reached, is told at once.
        if (!(error instanceof UnreachableError) || last === null) throw error;
        silence.failed();
        const now = performance.now();
        if (unreachableSince === null) {
          unreachableSince = now;
          await note(`${errorMessage(error)}; trying again for ${Math.ceil(patienceMs / 1000)} s`);
        } else if (now - unreachableSince > patienceMs) {
          throw error;
        }
      }
      await deadline.sleep(pause);
      pause = Math.min(POLL_MS.most, pause * POLL_MS.growth);
    }
  } catch (error) {
    throw deadline.explain(error, taskName, last, silence.since);
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
    if (known === undefined || !isFinal(known.status)) stages.set(id, await client.stage(id));
  }
  return { task, stages: task.stageIds.flatMap((id) => stages.get(id) ?? []) };
}

function fingerprint({ task, stages }: Snapshot): string {
  return [task.status, ...stages.map(({ status, retryCount }) => `${status}${retryCount}`)].join(' ');
}

/** As `--timeout` takes it: `500ms`, `90s`. */
function formatDuration(ms: number): string {
  return ms % 1000 === 0 ? `${ms / 1000}s` : `${ms}ms`;
}

/** An answer that takes longer than this is taken for none when the wait is over. */
const SLOW_MS = 2_000;

/** How long the master has not answered. */
class Silence {
  #since: Date | null = null;
  #hasFailed = false;

  asked(): void {
    this.#since ??= new Date();
  }

  answered(): void {
    this.#since = null;
    this.#hasFailed = false;
  }

  failed(): void {
    this.#hasFailed = true;
  }

  /** When the first question was asked that is without an answer; null where that may just be on its way. */
  get since(): Date | null {
    if (this.#since === null) return null;
    return this.#hasFailed || Date.now() - this.#since.getTime() >= SLOW_MS ? this.#since : null;
  }
}

/** The timeout and the signal, as one thing that ends every wait. */
class Deadline {
  readonly #end: Promise<never>;
  readonly #signal: AbortSignal;
  readonly #timeoutMs: number | null;
  #timer: NodeJS.Timeout | undefined;
  #onAbort: () => void = () => undefined;
  #isOver = false;

  constructor(timeoutMs: number | null, signal: AbortSignal) {
    this.#signal = signal;
    this.#timeoutMs = timeoutMs;
    this.#end = new Promise((_, reject) => {
      const end = (): void => {
        this.#isOver = true;
        reject(new Error('the wait is over'));
      };
      if (timeoutMs !== null) this.#timer = setTimeout(end, timeoutMs);
      this.#onAbort = end;
      if (signal.aborted) end();
      else signal.addEventListener('abort', end, { once: true });
    });
    // It is raced with what comes, and nobody may be looking when it ends.
    this.#end.catch(() => undefined);
  }

  async race<T>(work: Promise<T>): Promise<T> {
    return Promise.race([work, this.#end]);
  }

  async sleep(ms: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const slept = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, ms);
    });
    try {
      await this.race(slept);
    } finally {
      clearTimeout(timer);
    }
  }

  /** The error for the user, when the wait ended because it is over. */
  explain(error: unknown, taskName: string, last: Snapshot | null, silentSince: Date | null): unknown {
    if (!this.#isOver) return error;
    const known = last === null ? 'nothing is known of it yet' : describeState(last);
    const state =
      last === null || silentSince === null
        ? known
        : `the master has been unreachable since ${clockTime(silentSince)}; last known: ${known}`;
    if (this.#signal.aborted) {
      const reason: unknown = this.#signal.reason;
      if (!(reason instanceof InterruptedError)) return reason;
      return new InterruptedError(reason.signal, `interrupted; the task ${taskName} goes on`, {
        hint: `\`clic wait ${taskName}\` comes back to it`,
      });
    }
    return new WaitTimeoutError(
      `${taskName} has not ended within ${formatDuration(this.#timeoutMs ?? 0)}: ${state}`,
      {
        hint: `it goes on; \`clic wait ${taskName}\` comes back to it`,
      },
    );
  }

  clear(): void {
    clearTimeout(this.#timer);
    this.#signal.removeEventListener('abort', this.#onAbort);
  }
}
