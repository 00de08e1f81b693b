import { errorMessage } from '../../model/errors.ts';
import type { Executor, MasterAddresses, StageExit } from '../executor/executor.ts';
import type { Store } from '../store/store.ts';
import type { Effect, Launch } from './events.ts';
import { runOf } from './launch.ts';

interface StarterParts {
  readonly store: Pick<Store, 'readSpec'>;
  readonly executor: Pick<Executor, 'start' | 'stop' | 'forget'>;
  readonly onWarning: (error: unknown) => void;
}

/**
 * Has the executor do what was decided. Reads what an attempt runs, which is not in memory, before it is started. One that is closed takes no
 * more of them: they were not started, which is how they are noted then.
 */
export class Starter {
  readonly #parts: StarterParts;
  readonly #addresses: MasterAddresses;
  readonly #onExit: (exit: StageExit) => void;
  /** Attempts that are not with the executor yet, by stage and attempt. */
  readonly #starting = new Map<string, Promise<void>>();

  /** @param addresses where stages reach the master. @param onExit told of what could not be started */
  constructor(parts: StarterParts, addresses: MasterAddresses, onExit: (exit: StageExit) => void) {
    this.#parts = parts;
    this.#addresses = addresses;
    this.#onExit = onExit;
  }

  /** Does what is to be done once the changes are stored. */
  perform(effect: Effect): void {
    switch (effect.kind) {
      case 'start':
        this.#begin(effect);
        break;
      case 'stop':
        this.#stop(effect.stageId, effect.attempt);
        break;
      case 'forget':
        this.#parts.executor.forget(effect.taskName).catch(this.#parts.onWarning);
    }
  }

  #begin(launch: Launch): void {
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
  #stop(stageId: string, attempt: number): void {
    const starting = this.#starting.get(keyOf(stageId, attempt));
    if (starting === undefined) this.#parts.executor.stop(stageId, attempt);
    else void starting.then(() => this.#parts.executor.stop(stageId, attempt));
  }

  async #start(launch: Launch): Promise<void> {
    const spec = await this.#parts.store.readSpec(launch.planId, launch.index, 'waits');
    if (spec === null) throw new Error(`what stage ${launch.stageId} runs is not in the store`);
    this.#parts.executor.start(runOf(launch, spec, this.#addresses));
  }
}

function keyOf(stageId: string, attempt: number): string {
  return `${stageId}/${attempt}`;
}
