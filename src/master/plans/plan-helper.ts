import { RefusedError, errorMessage } from '../../model/errors.ts';
import { HelperProcess } from '../helper/helper-process.ts';
import { onceATurn } from '../helper/once-a-turn.ts';
import { type PlanAnswer, type PlanRequest, answersIn } from './messages.ts';

/** Plans that a helper is told of and has not answered yet; the others wait here. */
const AT_ONCE = 32;
/** Of them, so many files can hang until the others wait. A helper has few other uses for its threads. */
const ENV = { UV_THREADPOOL_SIZE: String(2 * AT_ONCE) };
/** So many helpers may end over a plan until that is to blame: the first may have ended over another one. */
const HELPERS = 2;

type Question = Omit<PlanRequest, 'id'>;

interface Waiting {
  readonly question: Question;
  readonly resolve: (answer: PlanAnswer) => void;
  readonly reject: (error: Error) => void;
  readonly timer: NodeJS.Timeout;
  /** When it was sent to the helper that has it. */
  sentAt: number;
  /** How many helpers have ended while they had it, of themselves. */
  ends: number;
}

export interface PlanHelperOptions {
  /** How long reading and checking a plan may take, its turn included, in milliseconds. */
  readonly timeoutMs: number;
  /** Told of helpers that had to be replaced. */
  readonly onWarning: (message: string) => void;
}

/**
 * Asks for plans in a helper process. That is started for the first plan, and again for the next one after it has ended.
 * One that does not answer in time is killed, as its threads can't be freed otherwise; what else it was asked is asked again. As many
 * plans wait here as there are connections: each asks for one at a time.
 */
export class PlanHelper {
  readonly #options: PlanHelperOptions;
  #process: HelperProcess | null = null;
  /** It was killed, and has not ended yet: there is never more than one. */
  #isDying = false;
  #isClosed = false;
  #lastId = 0;
  #queue = new Set<Waiting>();
  readonly #sent = new Map<number, Waiting>();
  readonly #send = onceATurn(() => this.#sendNow());

  constructor(options: PlanHelperOptions) {
    this.#options = options;
  }

  /** @throws RefusedError the plan was not read in time, or can't be */
  ask(question: Question): Promise<PlanAnswer> {
    if (this.#isClosed) return Promise.reject(shuttingDown());
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => this.#expire(waiting), this.#options.timeoutMs);
      const waiting: Waiting = { question, resolve, reject, timer, sentAt: 0, ends: 0 };
      this.#queue.add(waiting);
      this.#send();
    });
  }

  /** Ends the helper. Who still waits is refused. */
  close(): void {
    this.#isClosed = true;
    for (const waiting of this.#takeAll()) refuse(waiting, shuttingDown());
    // It may hang: nobody waits for it.
    this.#process?.kill();
  }

  #sendNow(): void {
    if (this.#queue.size === 0 || this.#isDying || this.#isClosed) return;
    const requests: PlanRequest[] = [];
    for (const waiting of this.#queue) {
      if (!this.#mayBeSent(waiting)) break;
      this.#queue.delete(waiting);
      this.#lastId += 1;
      this.#sent.set(this.#lastId, waiting);
      waiting.sentAt = performance.now();
      requests.push({ id: this.#lastId, ...waiting.question });
    }
    if (requests.length > 0) this.#running()?.send(requests);
  }

  /** One that a helper has ended over has the next one to itself, so that it takes nobody along. */
  #mayBeSent(waiting: Waiting): boolean {
    if (this.#sent.size === 0) return true;
    const [sent] = this.#sent.values();
    return this.#sent.size < AT_ONCE && waiting.ends === 0 && sent?.ends === 0;
  }

  #running(): HelperProcess | null {
    this.#process ??= this.#start();
    return this.#process;
  }

  #start(): HelperProcess | null {
    try {
      return new HelperProcess({
        script: 'clic-plans.cjs',
        env: ENV,
        onMessage: (message) => {
          for (const answer of answersIn(message)) this.#onAnswer(answer);
        },
        onEnd: (failure) => this.#onEnd(failure),
      });
    } catch (thrown) {
      this.#onEnd(errorMessage(thrown));
      return null;
    }
  }

  #onAnswer(answer: PlanAnswer): void {
    const waiting = this.#sent.get(answer.id);
    if (waiting === undefined) return;
    this.#sent.delete(answer.id);
    clearTimeout(waiting.timer);
    waiting.resolve(answer);
    if (this.#queue.size > 0) this.#send();
  }

  #expire(waiting: Waiting): void {
    const { timeoutMs, onWarning } = this.#options;
    const error = tooSlow(waiting.question.file, timeoutMs);
    refuse(waiting, error);
    if (this.#queue.delete(waiting)) return;
    for (const [id, sent] of this.#sent) if (sent === waiting) this.#sent.delete(id);
    // It is not the fault of a helper that has just got it.
    if (this.#isDying || performance.now() - waiting.sentAt < timeoutMs / 2) return;
    onWarning(`${error.message}; the helper that reads plans is killed and replaced`);
    this.#isDying = true;
    this.#process?.kill();
  }

  /** What it had not answered is asked again, first: reading a plan changes nothing. */
  #onEnd(failure: string | null): void {
    const wasKilled = this.#isDying;
    this.#process = null;
    this.#isDying = false;
    if (this.#isClosed) return;
    if (failure !== null) {
      for (const waiting of this.#takeAll()) refuse(waiting, helpless(failure));
      return;
    }
    if (!wasKilled) this.#options.onWarning('the helper that reads plans has ended: it is replaced');
    const again: Waiting[] = [];
    for (const waiting of this.#sent.values()) {
      if (!wasKilled) waiting.ends += 1;
      if (waiting.ends < HELPERS) again.push(waiting);
      else refuse(waiting, ended(waiting.question.file));
    }
    this.#sent.clear();
    this.#queue = new Set([...again, ...this.#queue]);
    this.#send();
  }

  #takeAll(): Waiting[] {
    const all = [...this.#sent.values(), ...this.#queue];
    this.#sent.clear();
    this.#queue.clear();
    return all;
  }
}

function refuse(waiting: Waiting, error: RefusedError): void {
  clearTimeout(waiting.timer);
  waiting.reject(error);
}

function tooSlow(file: string, timeoutMs: number): RefusedError {
  return new RefusedError(
    `the plan ${JSON.stringify(file)} was not read and checked within ${timeoutMs / 1000} s: its storage, or that of a physical DAG that it names, may not answer, or plans that came before it take the time`,
    { hint: "see whether the master's machine can read the file, then submit it again" },
  );
}

function shuttingDown(): RefusedError {
  return new RefusedError('the master is shutting down', { hint: 'try again when it is back' });
}

function helpless(reason: string): RefusedError {
  return new RefusedError(`the helper that reads plans can't be started: ${reason}`, {
    hint: "see to the memory and the processes of the master's machine, then submit it again",
  });
}

function ended(file: string): RefusedError {
  return new RefusedError(
    `the plan ${JSON.stringify(file)} was not checked: each time, the helper that reads plans ended over it`,
    { hint: "see the master's log; maybe the plan takes more memory than there is" },
  );
}
