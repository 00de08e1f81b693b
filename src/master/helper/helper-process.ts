import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { errorMessage } from '../../model/errors.ts';

/** How long a helper that has nothing to do any more may take to leave, in milliseconds. */
const LEAVES_WITHIN_MS = 1000;

export interface HelperOptions {
  /** Its bundle: beside that of the master, or in dist/ where the master runs from its sources. */
  readonly script: string;
  /** Of Node. */
  readonly nodeOptions?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly onMessage: (message: unknown) => void;
  /** Told once that it has ended, when all that it has sent was read; and why where it could not be started, else null. */
  readonly onEnd: (failure: string | null) => void;
}

/**
 * A helper process, for what would keep the master from everything else. They talk by JSON: of small objects, that takes
 * half of the time of a structured clone. It does not keep this process alive, and its end is up to it when the channel closes.
 */
export class HelperProcess {
  readonly #process: ChildProcess;
  readonly #ended: Promise<void>;

  constructor({ script, nodeOptions = [], env, onMessage, onEnd }: HelperOptions) {
    this.#process = spawn(process.execPath, [...nodeOptions, pathOf(script)], {
      cwd: '/',
      // All that its environment could do is to make it slower, or another program.
      env: { ...librariesOf(process.env), ...env },
      detached: true,
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    this.#process.unref();
    this.#process.channel?.unref();
    this.#process.on('message', onMessage);
    this.#ended = new Promise((resolve) => {
      const end = (failure: string | null): void => {
        onEnd(failure);
        resolve();
      };
      this.#process.once('error', (error) => {
        if (this.#process.pid === undefined) end(errorMessage(error));
      });
      // What it sent before its end is read until the channel closes.
      let left = 2;
      for (const event of ['exit', 'disconnect']) {
        this.#process.once(event, () => {
          left -= 1;
          if (left === 0) end(null);
        });
      }
    });
  }

  get pid(): number | undefined {
    return this.#process.pid;
  }

  /** False where it has ended, or is about to be seen to have. */
  get isConnected(): boolean {
    return this.#process.connected;
  }

  /** Lost where it has ended: `onEnd` tells. */
  send(messages: readonly object[]): void {
    if (this.isConnected) this.#process.send(messages, undefined, undefined, () => undefined);
  }

  kill(): void {
    this.#process.kill('SIGKILL');
  }

  /** Lets it end, and waits. */
  async close(): Promise<void> {
    if (this.isConnected) this.#process.disconnect();
    const timer = setTimeout(() => this.kill(), LEAVES_WITHIN_MS);
    await this.#ended;
    clearTimeout(timer);
  }
}

function pathOf(script: string): string {
  const folder = import.meta.url.endsWith('.ts') ? '../../../dist' : '.';
  return fileURLToPath(new URL(`${folder}/${script}`, import.meta.url));
}

/** What Node itself may need to find its libraries. */
function librariesOf(env: NodeJS.ProcessEnv): Record<string, string> {
  const path = env['LD_LIBRARY_PATH'];
  return path === undefined ? {} : { LD_LIBRARY_PATH: path };
}
