import { errorMessage } from '../../../model/errors.ts';
import { HelperProcess } from '../../helper/helper-process.ts';
import { onceATurn } from '../../helper/once-a-turn.ts';
import type { Warn } from './attempt.ts';
import { answersIn, type StartAnswer, type StartRequest } from './starter-messages.ts';
import type { Program } from './supervisor.ts';

/** What became of a program that was to be started. */
export type Started =
  | Exclude<StartAnswer, { readonly kind: 'started' }>
  /** It was not wanted any more when its turn came. */
  | { readonly kind: 'dropped' }
  /** The helper was killed: whether the program runs can't be told. */
  | { readonly kind: 'vanished' }
  /** There is no helper, and so nothing was started. */
  | { readonly kind: 'helpless'; readonly reason: string };

/** How many programs the helper is told of that it has not started yet; the others wait here. */
const UNANSWERED = 32;
/** It keeps little in memory; a single request can be as large as the arguments of a program, some megabytes. */
const NODE_OPTIONS = ['--max-old-space-size=96', '--max-semi-space-size=1'];
/** A program that is to be started. */
interface Waiting {
  readonly program: Program;
  /** Asked when its turn comes. */
  readonly isWanted: () => boolean;
  /** Hears which process its supervisor is. */
  readonly onPid: (pid: number) => void;
  readonly resolve: (started: Started) => void;
}

/**
 * Starts supervisors by a helper process: a start blocks whoever does it for milliseconds. The helper is
 * started with the first program, and again for the next one after it has ended, and does not keep this process alive.
 */
export class Starter {
  readonly #answersWithinMs: number;
  readonly #warn: Warn;
  #helper: Helper | null = null;
  #isClosed = false;

  /** @param answersWithinMs how long a helper may take to answer until it is killed, and replaced; at most twice as long */
  constructor(answersWithinMs: number, warn: Warn) {
    this.#answersWithinMs = answersWithinMs;
    this.#warn = warn;
  }

  /** Resolves when the supervisor has ended, or nothing was started. Never rejects. */
  start(waiting: Omit<Waiting, 'resolve'>): Promise<Started> {
    if (this.#isClosed) return Promise.resolve(helpless('the master leaves'));
    return new Promise((resolve) => {
      try {
        if (this.#helper === null || this.#helper.hasEnded) {
          this.#helper = new Helper(this.#answersWithinMs, this.#warn);
        }
        this.#helper.start({ ...waiting, resolve });
      } catch (thrown) {
        resolve(helpless(errorMessage(thrown)));
      }
    });
  }

  /** Ends the helper, and waits. Supervisors go on; what becomes of them is not told any more, and none is started. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#helper?.close();
  }
}

/** One helper process and what it has to do. */
class Helper {
  hasEnded = false;
  readonly #process: HelperProcess;
  readonly #requests = new Map<number, Waiting>();
  readonly #queue: Waiting[] = [];
  #lastId = 0;
  #unanswered = 0;
  readonly #answersWithinMs: number;
  readonly #warn: Warn;
  readonly #send = onceATurn(() => this.#sendNow());
  /** Runs while something is asked for that has not ended. */
  #watchdog: NodeJS.Timeout | undefined;
  #isAsked = false;

  constructor(answersWithinMs: number, warn: Warn) {
    this.#answersWithinMs = answersWithinMs;
    this.#warn = warn;
    this.#process = new HelperProcess({
      script: 'clic-starter.cjs',
      nodeOptions: NODE_OPTIONS,
      onMessage: (message) => {
        this.#isAsked = false;
        for (const answer of answersIn(message)) this.#onAnswer(answer);
      },
      onEnd: (failure) => this.#end(failure),
    });
  }

  start(waiting: Waiting): void {
    this.#queue.push(waiting);
    this.#send();
  }

  close(): Promise<void> {
    return this.#process.close();
  }

  #sendNow(): void {
    if (!this.#process.isConnected) return;
    const requests: StartRequest[] = [];
    while (this.#unanswered + requests.length < UNANSWERED) {
      const waiting = this.#queue.shift();
      if (waiting === undefined) break;
      if (waiting.isWanted()) {
        this.#lastId += 1;
        this.#requests.set(this.#lastId, waiting);
        requests.push({ id: this.#lastId, program: waiting.program });
      } else {
        waiting.resolve({ kind: 'dropped' });
      }
    }
    if (requests.length === 0) return;
    this.#unanswered += requests.length;
    this.#process.send(requests);
    this.#watchdog ??= setInterval(() => this.#checkItAnswers(), this.#answersWithinMs).unref();
  }

  /** One that hangs says nothing of what it was asked for, nor of any end. Once it is gone, both are told by the claims. */
  #checkItAnswers(): void {
    if (this.#isAsked) {
      this.#warn(
        `the helper that starts programs, process ${this.#process.pid ?? '?'}, did not answer for ${this.#answersWithinMs} ms: it is killed and replaced`,
      );
      this.#process.kill();
    } else if (this.#process.isConnected) {
      this.#isAsked = true;
      this.#process.send([]);
    }
  }

  #rest(): void {
    clearInterval(this.#watchdog);
    this.#watchdog = undefined;
    this.#isAsked = false;
  }

  #onAnswer(answer: StartAnswer): void {
    const waiting = this.#requests.get(answer.id);
    if (waiting === undefined) return;
    if (answer.kind !== 'ended') {
      this.#unanswered -= 1;
      this.#sendNow();
    }
    if (answer.kind === 'started') {
      waiting.onPid(answer.pid);
    } else {
      this.#requests.delete(answer.id);
      waiting.resolve(answer);
      if (this.#requests.size === 0) this.#rest();
    }
  }

  #end(reason: string | null): void {
    this.hasEnded = true;
    this.#rest();
    const told = [...this.#requests.values()];
    this.#requests.clear();
    for (const { resolve } of [...told, ...this.#queue.splice(0)]) {
      resolve(reason === null ? { kind: 'vanished' } : helpless(reason));
    }
  }
}

function helpless(reason: string): Started {
  return { kind: 'helpless', reason: `the helper that starts programs can't be started: ${reason}` };
}
