import { mkdir, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** The logs of failed attempts, which outlive their pods: `logs/<task>/<stage>/<attempt>.log`. */
export class KeptLogs {
  readonly #dir: string;
  readonly #maxTotalBytes: number;
  /** Sizes by path, the oldest first. */
  readonly #sizes = new Map<string, number>();
  #total = 0;

  /** @param maxTotalBytes of all logs together: the oldest go first */
  constructor(stateDir: string, maxTotalBytes: number) {
    this.#dir = join(stateDir, 'logs');
    this.#maxTotalBytes = maxTotalBytes;
  }

  /** Finds what was kept before. */
  async open(): Promise<void> {
    const found: { path: string; size: number; at: number }[] = [];
    const names = await readdir(this.#dir, { recursive: true }).catch(() => []);
    for (const name of names.filter((one) => one.endsWith('.log'))) {
      const path = join(this.#dir, name);
      const { size, mtimeMs } = await stat(path);
      found.push({ path, size, at: mtimeMs });
    }
    for (const { path, size } of found.sort((a, b) => a.at - b.at)) this.#note(path, size);
    await this.#trim();
  }

  /** The path of the log of an attempt; null where none is kept. */
  pathOf(taskName: string, stageId: string, attempt: number): string | null {
    const path = this.#path(taskName, stageId, attempt);
    return this.#sizes.has(path) ? path : null;
  }

  async keep(run: { taskName: string; stageId: string; attempt: number }, log: Buffer): Promise<void> {
    const path = this.#path(run.taskName, run.stageId, run.attempt);
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    await writeFile(path, log, { mode: 0o600 });
    this.#note(path, log.length);
    await this.#trim();
  }

  async forget(taskName: string): Promise<void> {
    const folder = join(this.#dir, taskName);
    for (const path of [...this.#sizes.keys()]) if (path.startsWith(`${folder}/`)) this.#drop(path);
    await rm(folder, { recursive: true, force: true, maxRetries: 3 });
  }

  /** The tasks of which there are logs. */
  async tasks(): Promise<string[]> {
    return readdir(this.#dir).catch(() => []);
  }

  #path(taskName: string, stageId: string, attempt: number): string {
    return join(this.#dir, taskName, stageId, `${attempt}.log`);
  }

  #note(path: string, size: number): void {
    this.#drop(path);
    this.#sizes.set(path, size);
    this.#total += size;
  }

  #drop(path: string): void {
    this.#total -= this.#sizes.get(path) ?? 0;
    this.#sizes.delete(path);
  }

  async #trim(): Promise<void> {
    for (const path of this.#sizes.keys()) {
      if (this.#total <= this.#maxTotalBytes) return;
      this.#drop(path);
      await rm(path, { force: true });
    }
  }
}
