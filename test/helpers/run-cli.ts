import { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import type { Deps } from '../../src/cli/context.ts';
import type { Io, Sink } from '../../src/cli/io.ts';
import { run } from '../../src/cli/run.ts';
import type { MasterClient } from '../../src/model/master-client.ts';
import type { ClientOptions } from '../../src/rpc/options.ts';

const PACKAGE = fileURLToPath(new URL('../..', import.meta.url));
/** A folder that is not there: no test reads what a machine happens to have. */
const NOWHERE = '/nonexistent-clic-test';

export interface CliSetup {
  readonly client?: Partial<MasterClient>;
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  readonly places?: Partial<Deps['places']>;
  readonly openResult?: Deps['openResult'];
  readonly signal?: AbortSignal;
  readonly stdout?: Sink;
  readonly stdin?: string;
  readonly tty?: { readonly columns: number; readonly rows: number };
}

export interface CliRun {
  readonly exit: number;
  readonly stdout: string;
  readonly stderr: string;
  /** What the client was made with, once for each that was made. */
  readonly clients: readonly ClientOptions[];
  /** How many of them were closed. */
  readonly closed: number;
}

/** Runs a command line in this process, with a master that is an object. */
export async function runCli(argv: readonly string[], setup: CliSetup = {}): Promise<CliRun> {
  const stdout = new CapturedSink(setup.tty ?? null);
  const stderr = new CapturedSink(setup.tty ?? null);
  const clients: ClientOptions[] = [];
  let closed = 0;
  const io: Io = {
    stdout: setup.stdout ?? stdout,
    stderr,
    stdin: () => Readable.from([Buffer.from(setup.stdin ?? '')]),
    env: setup.env ?? {},
    cwd: setup.cwd ?? NOWHERE,
  };
  const exit = await run(argv, io, {
    createClient: (options) => {
      clients.push(options);
      return Promise.resolve({ ...UNASKED, ...setup.client, close: () => void (closed += 1) });
    },
    openResult: setup.openResult ?? (() => Promise.reject(new Error('no result was expected to be opened'))),
    places: { home: NOWHERE, dataDir: NOWHERE, packageDir: PACKAGE, ...setup.places },
    signal: setup.signal ?? new AbortController().signal,
  });
  return { exit, stdout: stdout.text, stderr: stderr.text, clients, closed };
}

/** Keeps what is written to it. */
export class CapturedSink implements Sink {
  readonly isTty: boolean;
  readonly columns: number | null;
  readonly rows: number | null;
  readonly chunks: Buffer[] = [];

  constructor(tty: { readonly columns: number; readonly rows: number } | null = null) {
    this.isTty = tty !== null;
    this.columns = tty?.columns ?? null;
    this.rows = tty?.rows ?? null;
  }

  get text(): string {
    return Buffer.concat(this.chunks).toString();
  }

  write(chunk: string | Uint8Array): Promise<void> {
    this.chunks.push(Buffer.from(chunk));
    return Promise.resolve();
  }
}

const unasked = () => Promise.reject(new Error('the master was not expected to be asked this'));
const UNASKED: MasterClient = {
  submitPlan: unasked,
  listTasks: unasked,
  task: unasked,
  stage: unasked,
  stageIds: unasked,
  stagesOf: unasked,
  suspendStage: unasked,
  continueStage: unasked,
  resultPath: unasked,
  close: () => undefined,
};
