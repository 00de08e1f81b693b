import { spawn, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { errorMessage } from '../../../model/errors.ts';
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
/** How long a helper that has nothing to do any more may take to leave, in milliseconds. */
const LEAVES_WITHIN_MS = 1000;
/** It keeps little in memory; a single request can be as large as the arguments of a program, some megabytes. */
const NODE_OPTIONS = ['--max-old-space-size=96', '--max-semi-space-size=1'];
/** The bundle of the helper: beside that of the master, or in dist/ where the master runs from its sources. */
const HELPER = fileURLToPath(
  new URL(
    import.meta.url.endsWith('.ts') ? '../../../../dist/clic-starter.cjs' : './clic-starter.cjs',
    import.meta.url,
  ),
);

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
  readonly #process: ChildProcess;
  readonly #ended: Promise<void>;
  readonly #requests = new Map<number, Waiting>();
  readonly #queue: Waiting[] = [];
  #lastId = 0;
  #unanswered = 0;
  #isSending = false;
  #failure: string | null = null;
  readonly #answersWithinMs: number;
  readonly #warn: Warn;
  /** Runs while something is asked for that has not ended. */
  #watchdog: NodeJS.Timeout | undefined;
  #isAsked = false;

  constructor(answersWithinMs: number, warn: Warn) {
    this.#answersWithinMs = answersWithinMs;
    this.#warn = warn;
    // All that its environment could do is to make it slower, or another program.
    this.#process = spawn(process.execPath, [...NODE_OPTIONS, HELPER], {
      cwd: '/',
      env: librariesOf(process.env),
      detached: true,
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    this.#process.unref();
    this.#process.channel?.unref();
    this.#process.on('message', (message) => {
      this.#isAsked = false;
      for (const answer of answersIn(message)) this.#onAnswer(answer);
    });
    this.#ended = new Promise((resolve) => {
      const end = (): void => {
        this.#end();
        resolve();
      };
      this.#process.once('error', (error) => {
        if (this.#process.pid !== undefined) return;
        this.#failure = errorMessage(error);
        end();
      });
      // What it sent before its end is read until the channel closes.
      let left = 2;
      for (const event of ['exit', 'disconnect']) {
        this.#process.once(event, () => {
          left -= 1;
          if (left === 0) end();
        });
      }
    });
  }

  start(waiting: Waiting): void {
    this.#queue.push(waiting);
    if (this.#isSending) return;
    this.#isSending = true;
    // What is asked for in one turn of the event loop goes as one message.
    setImmediate(() => {
      this.#isSending = false;
      this.#send();
    });
  }

  async close(): Promise<void> {
    if (this.#process.connected) this.#process.disconnect();
    const timer = setTimeout(() => this.#process.kill('SIGKILL'), LEAVES_WITHIN_MS);
    await this.#ended;
    clearTimeout(timer);
  }

  #send(): void {
    if (!this.#process.connected) return;
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
    // A failure means that the helper is about to be seen to have ended.
    this.#process.send(requests, undefined, undefined, () => undefined);
    this.#watchdog ??= setInterval(() => this.#checkItAnswers(), this.#answersWithinMs).unref();
  }

  /** One that hangs says nothing of what it was asked for, nor of any end. Once it is gone, both are told by the claims. */
  #checkItAnswers(): void {
    if (this.#isAsked) {
      this.#warn(
        `the helper that starts programs, process ${this.#process.pid ?? '?'}, did not answer for ${this.#answersWithinMs} ms: it is killed and replaced`,
      );
      this.#process.kill('SIGKILL');
    } else if (this.#process.connected) {
      this.#isAsked = true;
      this.#process.send([], undefined, undefined, () => undefined);
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
      this.#send();
    }
    if (answer.kind === 'started') {
      waiting.onPid(answer.pid);
    } else {
      this.#requests.delete(answer.id);
      waiting.resolve(answer);
      if (this.#requests.size === 0) this.#rest();
    }
  }

  #end(): void {
    if (this.hasEnded) return;
    this.hasEnded = true;
    this.#rest();
    const reason = this.#failure;
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

/** What Node itself may need to find its libraries. */
function librariesOf(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const path = env['LD_LIBRARY_PATH'];
  return path === undefined ? {} : { LD_LIBRARY_PATH: path };
}
