import { type ChildProcess, spawn } from 'node:child_process';
import { Socket } from 'node:net';
import { createInterface } from 'node:readline';

/** What can be told of a path. `missing` is certain; `unknown` is everything that is not. */
export type Sight = 'there' | 'missing' | 'unknown';

/** Looks that go on at once, the hung ones aside. */
export const LOOKS_AT_ONCE = 8;
/** So many looks that hang for good are left alone; then their process is replaced. */
const HUNG_MAX = 8;

/**
 * Looks at local paths in a process of its own. A look at a network file system that does not answer can't be called off:
 * it would hold one of the few threads that the master's store and files share, and a thread or worker of ours that hangs so
 * would keep the master from ending, too. A process can be killed and left behind.
 */
export class PathLooker {
  #process: ChildProcess | null = null;
  #isDying = false;
  #isClosed = false;
  #lastId = 0;
  #hung = 0;
  readonly #waiting = new Map<number, (sight: Sight) => void>();
  readonly #onUnavailable: (error: Error) => void;
  #isUnavailable = false;

  /** @param onUnavailable told, once until it works again, that the process can't be started: nothing is known until then */
  constructor(onUnavailable: (error: Error) => void) {
    this.#onUnavailable = onUnavailable;
  }

  /** Never rejects. The answer is `unknown` as soon as the signal is aborted. */
  look(path: string, signal: AbortSignal): Promise<Sight> {
    const helper = this.#running();
    if (helper === null || signal.aborted) return Promise.resolve('unknown');
    return new Promise((resolve) => {
      const id = ++this.#lastId;
      const giveUp = (): void => {
        resolve('unknown');
        // The answer may still come; until then a thread of the process hangs.
        this.#hung += 1;
        this.#waiting.set(id, () => void (this.#hung -= 1));
        if (this.#hung >= HUNG_MAX) this.#kill();
      };
      signal.addEventListener('abort', giveUp, { once: true });
      this.#waiting.set(id, (sight) => {
        signal.removeEventListener('abort', giveUp);
        resolve(sight);
      });
      helper.stdin?.write(`${JSON.stringify({ id, path })}\n`);
    });
  }

  /** Ends the process. What is asked, or asked later, is unknown. */
  close(): void {
    this.#isClosed = true;
    this.#kill();
  }

  /** The process, started where there is none; null while one that was killed has not ended, so there is never more than one. */
  #running(): ChildProcess | null {
    if (this.#isClosed || this.#isDying) return null;
    if (this.#process !== null) return this.#process;
    const helper = spawn(process.execPath, ['-e', HELPER], {
      stdio: ['pipe', 'pipe', 'ignore'],
      env: { ...process.env, NODE_OPTIONS: '', UV_THREADPOOL_SIZE: String(LOOKS_AT_ONCE + HUNG_MAX) },
    });
    this.#process = helper;
    const ended = (): void => {
      if (this.#process !== helper) return;
      this.#process = null;
      this.#isDying = false;
      this.#answerAll();
    };
    helper.once('exit', ended);
    helper.once('spawn', () => (this.#isUnavailable = false));
    helper.once('error', (error) => {
      if (helper.pid === undefined && !this.#isUnavailable) {
        this.#isUnavailable = true;
        this.#onUnavailable(error);
      }
      ended();
    });
    // A process that has ended takes no question; its end answers all of them.
    helper.stdin.on('error', () => undefined);
    createInterface({ input: helper.stdout }).on('line', (line) => this.#answered(line));
    // An idle helper keeps nothing running; it ends with us, since its input does.
    helper.unref();
    for (const pipe of [helper.stdin, helper.stdout]) if (pipe instanceof Socket) pipe.unref();
    return helper;
  }

  #answered(line: string): void {
    const [id, sight] = line.split(' ');
    const answer = this.#waiting.get(Number(id));
    this.#waiting.delete(Number(id));
    answer?.(sight === 'there' || sight === 'missing' ? sight : 'unknown');
  }

  #kill(): void {
    if (this.#process === null) return;
    this.#isDying = true;
    this.#process.kill('SIGKILL');
    this.#answerAll();
  }

  #answerAll(): void {
    const answers = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const answer of answers) answer('unknown');
  }
}

/**
 * The program of the process: plain JavaScript, since it is neither compiled nor bundled. Before it calls a path missing, it
 * opens the nearest directory that there is: that makes an NFS client ask its server anew, which else may take half a
 * minute to see a new name. A symbolic link that leads nowhere here may lead somewhere elsewhere. A thread that hangs would keep
 * an ordinary exit waiting, hence the kill.
 */
const HELPER = `
const { lstat, opendir, stat } = require('node:fs/promises');
const { dirname } = require('node:path');
const isGone = (error) => error.code === 'ENOENT' || error.code === 'ENOTDIR';
async function refresh(path) {
  for (let at = dirname(path); ; at = dirname(at)) {
    const folder = await opendir(at).catch(() => null);
    if (folder !== null) return folder.close();
    if (at === dirname(at)) return;
  }
}
async function look(path) {
  try {
    await stat(path).catch(async (error) => {
      if (!isGone(error)) throw error;
      await refresh(path);
      await stat(path);
    });
    return 'there';
  } catch (error) {
    if (!isGone(error)) return 'unknown';
    return lstat(path).then(() => 'unknown', (error) => (isGone(error) ? 'missing' : 'unknown'));
  }
}
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => undefined);
process.stdout.on('error', () => undefined);
require('node:readline')
  .createInterface({ input: process.stdin })
  .on('line', async (line) => {
    const { id, path } = JSON.parse(line);
    process.stdout.write(id + ' ' + (await look(path)) + '\\n');
  })
  .on('close', () => process.kill(process.pid, 'SIGKILL'));
`;
