import type { StageExit } from '../executor/executor.ts';
import type { Clock } from './clock.ts';
import type { ExitEvent } from './events.ts';
import { type ResultsCheckDependencies, withResults } from './results-check.ts';
import type { Scheduler } from './scheduler.ts';

/**
 * The ends of attempts, on their way to the scheduler. The results are looked for of what would complete its stage; what
 * ends while the executor closes is kept.
 */
export class Exits {
  readonly #deps: ResultsCheckDependencies & { readonly clock: Clock };
  readonly #scheduler: Pick<Scheduler, 'completedBy' | 'looksForResults'>;
  readonly #tell: (event: ExitEvent) => void;
  readonly #looking = new Set<Promise<void>>();
  /** Since the executor began to close. */
  #kept: ExitEvent[] | null = null;

  /** @param tell takes an end whose results were looked for */
  constructor(
    deps: ResultsCheckDependencies & { readonly clock: Clock },
    scheduler: Pick<Scheduler, 'completedBy' | 'looksForResults'>,
    tell: (event: ExitEvent) => void,
  ) {
    this.#deps = deps;
    this.#scheduler = scheduler;
    this.#tell = tell;
  }

  /**
   * The event of this end; null when it is told later, as it has to be looked for what it means. To be asked when everything that
   * the attempt reported before was applied.
   */
  eventOf(exit: StageExit): ExitEvent | null {
    const stage = this.#scheduler.completedBy(exit);
    if (stage !== null) {
      this.#scheduler.looksForResults(exit.stageId);
      return this.#later(withResults(exit, stage, this.#deps, this.#deps.clock.now()));
    }
    if (exit.kind !== 'failed-to-start' || exit.isFinal) return endedSo(exit);
    return this.#later(this.#deps.isShort().then((isShort) => ({ ...endedSo(exit), isShort })));
  }

  /** The event is told when it is there. */
  #later(coming: Promise<ExitEvent>): null {
    const looking = coming.then((event) => {
      this.#looking.delete(looking);
      if (this.#kept === null) this.#tell(event);
      else this.#kept.push(event);
    });
    this.#looking.add(looking);
    return null;
  }

  /** True when it was kept, since the executor closes. */
  keep(exit: StageExit): boolean {
    if (this.#kept === null) return false;
    const event = this.eventOf(exit);
    if (event !== null) this.#kept.push(event);
    return true;
  }

  /** From now on, ends are kept. */
  beginKeeping(): void {
    this.#kept = [];
  }

  /** What was kept, once the looks that go on have ended. */
  async kept(): Promise<readonly ExitEvent[]> {
    await Promise.all(this.#looking);
    return this.#kept ?? [];
  }
}

function endedSo(exit: StageExit): ExitEvent {
  return { kind: 'exit', exit, missing: null, isShort: false };
}
