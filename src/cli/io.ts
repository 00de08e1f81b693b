import type { ColorMode } from '../config/options.ts';
import { ClicError, systemErrorCode } from '../model/errors.ts';

/** One of the two streams that a command writes to. */
export interface Sink {
  readonly isTty: boolean;
  /** The width of the terminal, or null where there is none. */
  readonly columns: number | null;
  /** Its height, likewise. */
  readonly rows: number | null;
  /**
   * Resolves when the chunk was handed on, so awaiting it is what keeps memory small behind a slow reader.
   * @throws ClosedPipeError nobody reads any more
   * @throws OutputError
   */
  write(chunk: string | Uint8Array): Promise<void>;
}

/** Everything of the process that commands may see. */
export interface Io {
  /** Data only. */
  readonly stdout: Sink;
  /** Notes, progress, errors and hints. */
  readonly stderr: Sink;
  /** What comes in, in pieces. It is opened when it is first asked for. */
  readonly stdin: () => AsyncIterable<unknown>;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
}

/** The reader of our output has gone, as `head` does: not a failure, and no reason to go on. */
export class ClosedPipeError extends Error {}

/** Data could not be written to where the user wants it. */
export class OutputError extends ClicError {
  readonly code = 'OUTPUT';
}

/** A stream of the process, which is opened when it is first used. */
export class ProcessSink implements Sink {
  readonly #open: () => NodeJS.WriteStream;
  #stream: NodeJS.WriteStream | null = null;
  #closed = false;

  constructor(open: () => NodeJS.WriteStream) {
    this.#open = open;
  }

  get isTty(): boolean {
    // The types say that it is always set; on a pipe it is not.
    return 'isTTY' in this.#get() && this.#get().isTTY;
  }

  get columns(): number | null {
    return this.isTty ? this.#get().columns : null;
  }

  get rows(): number | null {
    return this.isTty ? this.#get().rows : null;
  }

  write(chunk: string | Uint8Array): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#get().write(chunk, (error) => {
        if (error === undefined || error === null) {
          resolve();
          return;
        }
        this.#closed ||= systemErrorCode(error) === 'EPIPE';
        reject(
          this.#closed
            ? new ClosedPipeError(error.message)
            : new OutputError(`the output can't be written: ${error.message}`, { cause: error }),
        );
      });
    });
  }

  #get(): NodeJS.WriteStream {
    if (this.#stream === null) {
      this.#stream = this.#open();
      // The callback of the write that failed tells it; without a listener Node would end the process.
      this.#stream.on('error', () => undefined);
    }
    return this.#stream;
  }
}

/** Whether a stream gets color: as the user says, else on a terminal that can, unless NO_COLOR is set (no-color.org). */
export function useColor(mode: ColorMode, env: Io['env'], sink: Sink): boolean {
  if (mode !== 'auto') return mode === 'always';
  return (env['NO_COLOR'] ?? '') === '' && env['TERM'] !== 'dumb' && sink.isTty;
}

/** For commands whose exit status tells more than their output: a reader that has gone does not end them. */
export async function unlessClosed(output: Promise<void>): Promise<void> {
  try {
    await output;
  } catch (error) {
    if (!(error instanceof ClosedPipeError)) throw error;
  }
}

/** Writes what comes, and forgets it where it can't be written: for notes, which nobody misses who closed the stream. */
export function lenient(sink: Sink): Sink {
  return {
    get isTty() {
      return sink.isTty;
    },
    get columns() {
      return sink.columns;
    },
    get rows() {
      return sink.rows;
    },
    async write(chunk) {
      try {
        await sink.write(chunk);
      } catch (error) {
        if (!(error instanceof ClosedPipeError) && !(error instanceof OutputError)) throw error;
      }
    },
  };
}
