import { spawn } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, onTestFinished } from 'vitest';
import type { MasterClient } from '../../../../src/model/master-client.ts';
import type { StageInfo, TaskDetail } from '../../../../src/model/views.ts';
import { createMasterClient } from '../../../../src/rpc/connect.ts';
import { NODE, clic, type Finished } from '../../../helpers/clic-process.ts';
import { startMasterProcess, type MasterProcess } from '../../../helpers/master-process.ts';
import { clientOptions } from '../../../helpers/peer.ts';
import { MASTER } from './run-master.ts';
import { planText, type StageLine } from './plans.ts';

export interface BenchOptions {
  /** In the bench's own folder unless told. */
  readonly stateDir?: string;
  readonly args?: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
}

/** Long enough for a busy machine; nothing waits for it when all is well. */
const SOON = { timeout: 20_000 };

/** A master over a folder of its own, which can die and come back; all of it is gone when the test has finished. */
export class Bench {
  readonly folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'clic-e2e-')));
  readonly #options: BenchOptions;
  #master: MasterProcess | null = null;
  #client: MasterClient | null = null;

  private constructor(options: BenchOptions) {
    this.#options = options;
  }

  static async start(options: BenchOptions = {}): Promise<Bench> {
    const bench = new Bench(options);
    onTestFinished(async () => {
      if (bench.#master !== null) await bench.stop();
      // Programs of a master that was killed end with their folder.
      rmSync(bench.folder, { recursive: true, force: true, maxRetries: 10 });
    });
    await bench.up();
    return bench;
  }

  get stateDir(): string {
    return this.#options.stateDir ?? path.join(this.folder, 'state');
  }

  get master(): MasterProcess {
    if (this.#master === null) throw new Error('no master runs');
    return this.#master;
  }

  get client(): MasterClient {
    if (this.#client === null) throw new Error('no master runs');
    return this.#client;
  }

  /** Starts a master over the folder. */
  async up(): Promise<void> {
    const { args = [], env } = this.#options;
    this.#master = await startMasterProcess({
      stateDir: this.stateDir,
      args: ['--max-running', '4', ...args],
      ...(env === undefined ? {} : { env }),
    });
    this.#client = createMasterClient(clientOptions(this.#master.port));
  }

  /** Starts a master, and kills it after so many milliseconds, however far it has come. */
  async upFor(ms: number): Promise<void> {
    const args = [MASTER, '--port', '0', '--state-dir', this.stateDir, '--max-running', '4'];
    const child = spawn(NODE, args, { stdio: 'ignore' });
    const ended = new Promise((resolve) => child.once('exit', resolve));
    await delay(ms);
    child.kill('SIGKILL');
    await ended;
  }

  async kill(): Promise<void> {
    await this.master.kill();
    this.#gone();
  }

  /** SIGTERM; resolves to the exit status. */
  async stop(): Promise<number | null> {
    const status = await this.master.stop();
    this.#gone();
    return status;
  }

  #gone(): void {
    this.#client?.close();
    this.#client = null;
    this.#master = null;
  }

  clic(...args: string[]): Promise<Finished> {
    return clic(args, { port: this.master.port });
  }

  /** Writes a file beside the plans, and answers its path. */
  file(name: string, content: string): string {
    const file = path.join(this.folder, name);
    writeFileSync(file, content);
    return file;
  }

  plan(stages: readonly StageLine[]): string {
    return this.file('plan.yaml', planText(stages));
  }

  /** Submits the stages as a user does. */
  async submit(stages: readonly StageLine[]): Promise<BenchTask> {
    const { stdout, stderr, exitCode } = await this.clic('submit', 'plan', this.plan(stages), '-o', 'name');
    expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 });
    return new BenchTask(
      this,
      stdout.trim(),
      stages.map(({ name }) => name),
    );
  }
}

/** A task that was submitted, by the names that its plan gives the stages. */
export class BenchTask {
  readonly name: string;
  readonly folder: string;
  readonly #bench: Bench;
  readonly #stages: readonly string[];

  constructor(bench: Bench, name: string, stages: readonly string[]) {
    this.#bench = bench;
    this.name = name;
    this.folder = path.join(bench.stateDir, 'work', name);
    this.#stages = stages;
  }

  idOf(stage: string): string {
    return `${this.name}-sh-${stage}-${this.#stages.indexOf(stage) + 1}`;
  }

  stage(stage: string): Promise<StageInfo> {
    return this.#bench.client.stage(this.idOf(stage));
  }

  info(): Promise<TaskDetail> {
    return this.#bench.client.task(this.name);
  }

  async statuses(): Promise<Record<string, string>> {
    const stages = await this.#bench.client.stagesOf(this.name);
    return Object.fromEntries(stages.map(({ status }, index) => [this.#stages[index] ?? '', status]));
  }

  /** Until the task is over, with nothing of it running. */
  async ended(): Promise<string> {
    await expect.poll(async () => (await this.info()).completeTime, SOON).not.toBeNull();
    return (await this.info()).status;
  }

  async reaches(statuses: Readonly<Record<string, string>>): Promise<void> {
    await expect.poll(() => this.statuses(), SOON).toMatchObject(statuses);
  }

  /** Until a program has made the file. */
  async has(file: string): Promise<void> {
    await expect.poll(() => existsSync(path.join(this.folder, file)), SOON).toBe(true);
  }

  /** Makes a file that a program waits for. */
  give(file: string): void {
    // The first stage may not have been started yet.
    mkdirSync(this.folder, { recursive: true, mode: 0o700 });
    writeFileSync(path.join(this.folder, file), '');
  }

  /** The lines that programs have written; none where there is no such file. */
  lines(file: string): string[] {
    const full = path.join(this.folder, file);
    return existsSync(full) ? readFileSync(full, 'utf8').split('\n').slice(0, -1) : [];
  }
}
