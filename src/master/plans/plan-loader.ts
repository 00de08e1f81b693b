import { type Diagnostic, PlanInvalidError } from '../../model/diagnostic.ts';
import { NotFoundError } from '../../model/errors.ts';
import type { LoadOptions } from '../../plan/load.ts';
import type { PlanRecord } from '../state/records.ts';
import type { PlanAnswer } from './messages.ts';
import { PlanCache } from './plan-cache.ts';
import { PlanHelper, type PlanHelperOptions } from './plan-helper.ts';
import { Sharing } from './sharing.ts';

/** A plan that was read and checked. */
export interface LoadedRecord {
  /** null where the errors keep it from being run. */
  readonly plan: PlanRecord | null;
  readonly errors: readonly Diagnostic[];
}

/** Reads and checks plans, without keeping this process from anything else, and remembers the latest ones. */
export class PlanLoader {
  readonly #helper: PlanHelper;
  readonly #options: LoadOptions;
  readonly #cache = new PlanCache();
  readonly #loads = new Sharing<LoadedRecord>();

  /** @param options of every plan, beside its name */
  constructor(options: LoadOptions, helperOptions: PlanHelperOptions) {
    this.#options = options;
    this.#helper = new PlanHelper(helperOptions);
  }

  /**
   * Those who ask at the same time share one reading, which begins after that. An unchanged plan gives the same record.
   * @param file an absolute path
   * @throws NotFoundError there is no such file
   * @throws PlanInvalidError the file can't be read
   * @throws RefusedError it could not be read in time, or not now
   */
  load(file: string, planName: string): Promise<LoadedRecord> {
    const key = `${planName}\n${file}`;
    return this.#loads.get(key, () => this.#load(key, file, planName));
  }

  /** Ends the helper. */
  close(): void {
    this.#helper.close();
  }

  async #load(key: string, file: string, planName: string): Promise<LoadedRecord> {
    const known = this.#cache.get(key);
    const options = { ...this.#options, planName };
    const answer = await this.#helper.ask({ file, options, known: known?.content ?? null });
    if (answer.kind === 'unchanged' && known !== null) return { plan: known.plan, errors: [] };
    this.#cache.delete(key);
    if (answer.kind !== 'checked') throw errorOf(answer);
    const { plan, errors, content } = answer.checked;
    if (plan !== null) this.#cache.set(key, { plan, content });
    return { plan, errors };
  }
}

function errorOf(answer: Exclude<PlanAnswer, { readonly kind: 'checked' }>): Error {
  if (answer.kind === 'unchanged')
    return new Error('the helper that reads plans names a plan unchanged that is new');
  const { code, message, hint } = answer;
  const options = hint === null ? {} : { hint };
  if (code === 'NOT_FOUND') return new NotFoundError(message, options);
  if (code === 'PLAN_INVALID') return new PlanInvalidError(message, [], options);
  return new Error(message);
}
