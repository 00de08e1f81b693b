import { homedir } from 'node:os';
import { join } from 'node:path';
import { addAbortSignal } from 'node:stream';
import { InterruptedError, errorMessage } from '../model/errors.ts';
import { ProcessSink, lenient, type Io } from './io.ts';
import { createMasterClient } from '../rpc/connect.ts';
import { run } from './run.ts';

const stop = new AbortController();
const io: Io = {
  stdout: new ProcessSink(() => process.stdout),
  stderr: new ProcessSink(() => process.stderr),
  // A stream that is waited for would keep the process from ending.
  stdin: () => addAbortSignal(stop.signal, process.stdin),
  env: process.env,
  cwd: orElse(() => process.cwd(), '/'),
};

let finished = false;

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  // Once: the second one ends the process at once, as it would without us.
  process.once(signal, () => stop.abort(new InterruptedError(signal, 'interrupted')));
}
process.on('uncaughtException', (error) => {
  process.exitCode = 1;
  if (!finished && !stop.signal.aborted) stop.abort(error);
  else void lenient(io.stderr).write(`clic: internal error: ${errorMessage(error)}\n`);
});

void run(process.argv.slice(2), io, {
  createClient: (options) => Promise.resolve(createMasterClient(options)),
  openResult: async (path, options) => (await import('../results/open-result.ts')).openResult(path, options),
  places: { home: orElse(homedir, '/'), dataDir: '/data', packageDir: join(__dirname, '..') },
  signal: stop.signal,
}).then((exitCode) => {
  finished = true;
  process.exitCode = exitCode;
});

/** A folder may have been deleted, and a user id may have no home: neither keeps `clic` from answering. */
function orElse(read: () => string, fallback: string): string {
  try {
    return read();
  } catch {
    return fallback;
  }
}
