export interface SubmissionLimits {
  readonly sessions: number;
  /** Of one session. */
  readonly tasks: number;
}

export const SUBMISSION_LIMITS: SubmissionLimits = { sessions: 10_000, tasks: 10_000 };

/** Which tasks were submitted over which open session. Bounded: what is too much is forgotten, the oldest first. */
export class Submissions {
  readonly #limits: SubmissionLimits;
  readonly #bySession = new Map<number, Set<string>>();

  constructor(limits: SubmissionLimits) {
    this.#limits = limits;
  }

  /** Returns what notes the name of a task; to be called before the submission, as the session may end meanwhile. */
  begin(sessionId: number): (taskName: string) => void {
    const tasks = this.#bySession.get(sessionId) ?? new Set<string>();
    this.#bySession.set(sessionId, tasks);
    dropOldest(this.#bySession, this.#limits.sessions);
    return (taskName) => {
      tasks.add(taskName);
      dropOldest(tasks, this.#limits.tasks);
    };
  }

  has(sessionId: number, taskName: string): boolean {
    return this.#bySession.get(sessionId)?.has(taskName) ?? false;
  }

  end(sessionId: number): void {
    this.#bySession.delete(sessionId);
  }
}

/** Maps and sets keep the order of insertion. */
function dropOldest<K>(
  entries: { size: number; keys(): Iterable<K>; delete(key: K): boolean },
  max: number,
): void {
  if (entries.size <= max) return;
  for (const key of entries.keys()) {
    entries.delete(key);
    return;
  }
}
