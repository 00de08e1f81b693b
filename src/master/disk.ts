import { randomFillSync } from 'node:crypto';
import { open, rm, stat, statfs } from 'node:fs/promises';
import { join } from 'node:path';

export interface DiskGuardOptions {
  /** A folder on the disk that is watched; the reserve is kept in it. It exists. */
  readonly folder: string;
  /** The disk is short when less than so many bytes are free. */
  readonly minFreeBytes: number;
  /** What is kept to be given up when nothing can be written any more. 16 MiB unless told; 0 keeps nothing. */
  readonly reserveBytes?: number;
  /** How often to look, in milliseconds. 5 seconds unless told. */
  readonly everyMs?: number;
  /** Hears in words that the disk has become short and why, and null when it is not any more. */
  readonly onChange: (shortage: string | null) => void;
}

const MIB = 2 ** 20;
/** A shortage ends when this part more than needed is free, so that it does not come and go. */
const MARGIN = 0.1;

/**
 * Watches how much room the disk of a folder has, and keeps a reserve on it: a file that is given up when state can't
 * be written, and taken back when there is room again.
 */
export class DiskGuard {
  readonly #options: Required<DiskGuardOptions>;
  readonly #reserve: string;
  #hasReserve = false;
  #shortage: string | null = null;
  #timer: NodeJS.Timeout | undefined;
  #isClosed = false;
  /** One look, or change of the reserve, at a time. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(options: DiskGuardOptions) {
    this.#options = { reserveBytes: 16 * MIB, everyMs: 5000, ...options };
    this.#reserve = join(options.folder, 'reserve');
  }

  /** Takes the reserve, an earlier master's or as far as there is room, looks for the first time, and goes on looking. */
  async start(): Promise<void> {
    await this.#inTurn(async () => {
      this.#hasReserve = (await this.#reserveSize()) === this.#options.reserveBytes;
    });
    await this.check();
    this.#lookLater();
  }

  /** Looks now; answers why the disk is short, or null. Where that can't be told, what was known last still holds. */
  check(): Promise<string | null> {
    return this.#inTurn(async () => {
      const free = await this.#free();
      if (free === null) return this.#shortage;
      const { minFreeBytes, reserveBytes } = this.#options;
      const wanted = this.#shortage === null ? minFreeBytes : minFreeBytes * (1 + MARGIN);
      const missing = this.#hasReserve ? 0 : reserveBytes;
      if (free >= wanted + missing && (await this.#takeReserve())) this.#tell(null);
      else this.#tell(this.#describe(free));
      return this.#shortage;
    });
  }

  /**
   * Gives up the reserve, since something could not be written: the disk is short until it is there again.
   * False when there is nothing to give up.
   */
  releaseReserve(): Promise<boolean> {
    return this.#inTurn(async () => {
      if (!this.#hasReserve) return false;
      await rm(this.#reserve, { force: true });
      this.#hasReserve = false;
      this.#tell(this.#describe((await this.#free()) ?? 0));
      return true;
    });
  }

  /** Stops looking. The reserve stays for the next master. */
  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    await this.#turn;
  }

  #lookLater(): void {
    if (this.#isClosed) return;
    this.#timer = setTimeout(() => void this.check().finally(() => this.#lookLater()), this.#options.everyMs);
    this.#timer.unref();
  }

  #inTurn<T>(action: () => Promise<T>): Promise<T> {
    const result = this.#turn.then(action);
    this.#turn = result.catch(() => undefined);
    return result;
  }

  async #free(): Promise<number | null> {
    try {
      const { bavail, bsize } = await statfs(this.#options.folder);
      return bavail * bsize;
    } catch {
      return null;
    }
  }

  /** True when the reserve is there. Written for real: a file of holes would keep nothing. */
  async #takeReserve(): Promise<boolean> {
    const { reserveBytes } = this.#options;
    if (this.#hasReserve || reserveBytes === 0) return true;
    try {
      await writeNoise(this.#reserve, reserveBytes);
      this.#hasReserve = true;
    } catch {
      // Half of it is none: the room is better left to the state.
      await rm(this.#reserve, { force: true }).catch(() => undefined);
    }
    return this.#hasReserve;
  }

  /** null where there is none. */
  async #reserveSize(): Promise<number | null> {
    return stat(this.#reserve).then(
      (stats) => stats.size,
      () => null,
    );
  }

  #describe(free: number): string {
    const { folder, minFreeBytes, reserveBytes } = this.#options;
    const left = `${mebibytes(free)} are free on the disk of ${folder}`;
    return free < minFreeBytes * (1 + MARGIN)
      ? `${left}, less than the ${mebibytes(minFreeBytes)} that --min-free-bytes keeps`
      : `${left}: too little to keep a reserve of ${mebibytes(reserveBytes)} besides the ${mebibytes(minFreeBytes)} of --min-free-bytes`;
  }

  /** Listeners hear of the change, not of each look. */
  #tell(shortage: string | null): void {
    const isNews = (shortage === null) !== (this.#shortage === null);
    this.#shortage = shortage;
    if (isNews && !this.#isClosed) this.#options.onChange(shortage);
  }
}

/** Noise, since a file system may keep zeros without using any room. @throws Error of the file system */
async function writeNoise(path: string, bytes: number): Promise<void> {
  const file = await open(path, 'w', 0o600);
  try {
    const chunk = randomFillSync(Buffer.alloc(Math.min(bytes, MIB)));
    for (let left = bytes; left > 0; left -= chunk.length) {
      await file.writeFile(left < chunk.length ? chunk.subarray(0, left) : chunk);
    }
    await file.datasync();
  } finally {
    await file.close();
  }
}

function mebibytes(bytes: number): string {
  return `${Math.floor(bytes / MIB)} MiB`;
}
