const SESSIONS_MAX = 10_000;
const TASKS_MAX = 10_000;

/** Which tasks were submitted over which open session. Bounded: what is too much is forgotten, the oldest first. */
export class Submissions {
  readonly #bySession = new Map<number, Set<string>>();

  /** Returns what notes the name of a task; to be called before the submission, as the session may end meanwhile. */
  begin(sessionId: number): (taskName: string) => void {
    const tasks = this.#bySession.get(sessionId) ?? new Set<string>();
    this.#bySession.set(sessionId, tasks);
    dropOldest(this.#bySession, SESSIONS_MAX);
    return (taskName) => {
      tasks.add(taskName);
      dropOldest(tasks, TASKS_MAX);
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
