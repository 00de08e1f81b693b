import { errorMessage } from '../../model/errors.ts';
import type { Executor, MasterAddresses, StageExit } from '../executor/executor.ts';
import type { Store } from '../store/store.ts';
import type { Launch } from './events.ts';
import { runOf } from './launch.ts';

/**
 * Starts attempts: reads what they run, which is not in memory, and hands it to the executor. One that is closed takes no
 * more of them: they were not started, which is how they are noted then.
 */
export class Starter {
  readonly #store: Pick<Store, 'readSpec'>;
  readonly #executor: Pick<Executor, 'start' | 'stop'>;
  readonly #addresses: MasterAddresses;
  readonly #onExit: (exit: StageExit) => void;
  /** Attempts that are not with the executor yet, by stage and attempt. */
  readonly #starting = new Map<string, Promise<void>>();

  /** @param addresses where stages reach the master. @param onExit told of what could not be started */
  constructor(
    parts: { readonly store: Pick<Store, 'readSpec'>; readonly executor: Pick<Executor, 'start' | 'stop'> },
    addresses: MasterAddresses,
    onExit: (exit: StageExit) => void,
  ) {
    this.#store = parts.store;
    this.#executor = parts.executor;
    this.#addresses = addresses;
    this.#onExit = onExit;
  }

  start(launch: Launch): void {
    const { stageId, attempt } = launch;
    const key = keyOf(stageId, attempt);
    const starting = this.#start(launch)
      .catch((error: unknown) => {
        const reason = errorMessage(error);
        this.#onExit({ stageId, attempt, kind: 'failed-to-start', reason, isFinal: false });
      })
      .finally(() => this.#starting.delete(key));
    this.#starting.set(key, starting);
  }

  /** Also of one that is about to be started. */
  stop(stageId: string, attempt: number): void {
    const starting = this.#starting.get(keyOf(stageId, attempt));
    if (starting === undefined) this.#executor.stop(stageId, attempt);
    else void starting.then(() => this.#executor.stop(stageId, attempt));
  }

  async #start(launch: Launch): Promise<void> {
    const spec = await this.#store.readSpec(launch.planId, launch.index);
    if (spec === null) throw new Error(`what stage ${launch.stageId} runs is not in the store`);
    this.#executor.start(runOf(launch, spec, this.#addresses));
  }
}

function keyOf(stageId: string, attempt: number): string {
  return `${stageId}/${attempt}`;
}
