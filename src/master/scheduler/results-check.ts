import type { Executor, OutputPlace, StageExit } from '../executor/executor.ts';
import type { Store } from '../store/store.ts';
import type { ExitEvent } from './events.ts';

/** What the look for declared results needs. */
export interface ResultsCheckDependencies {
  readonly store: Pick<Store, 'readSpec'>;
  readonly executor: Pick<Executor, 'locate'>;
  /** The first of these that is certainly not there, or null. Bounded in time. */
  readonly missingOutput: (places: readonly OutputPlace[]) => Promise<string | null>;
  /** Whether the disk of the master is short now. Never rejects. */
  readonly isShort: () => Promise<boolean>;
  /** Something failed that does no harm to the tasks. */
  readonly onWarning: (error: unknown) => void;
}

/**
 * Looks whether the results are there that an attempt's stage declares. Never rejects: what can't be told is not held
 * against the stage.
 * @param now milliseconds since 1970: the end of the attempt, where its time was not noted
 */
export async function withResults(
  exit: StageExit,
  stage: { readonly taskName: string; readonly planId: string; readonly index: number },
  { store, executor, missingOutput, onWarning }: ResultsCheckDependencies,
  now: number,
): Promise<ExitEvent> {
  const ended = exit.kind === 'exited' ? { ...exit, endedAt: exit.endedAt ?? now } : exit;
  try {
    const spec = await store.readSpec(stage.planId, stage.index, 'waits');
    const places = (spec?.outputs ?? []).map((output) => executor.locate(stage.taskName, output));
    return { kind: 'exit', exit: ended, missing: await missingOutput(places), isShort: false };
  } catch (error) {
    onWarning(error);
    return { kind: 'exit', exit: ended, missing: null, isShort: false };
  }
}
