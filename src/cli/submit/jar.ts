import { spawn } from 'node:child_process';
import { access, constants, stat } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { isatty } from 'node:tty';
import {
  ConfigError,
  InterruptedError,
  UsageError,
  errorMessage,
  systemErrorCode,
} from '../../model/errors.ts';
import type { Context } from '../context.ts';

/**
 * Runs `java -jar <jar> [args…]` with the streams of this process, and resolves to its exit status (128 + n after
 * signal n). The jar submits its plan by itself. A signal that comes is the jar's to heed: this waits for its end.
 * @throws UsageError there is no such file
 * @throws ConfigError there is no Java
 */
export async function runJar(jar: string, args: readonly string[], context: Context): Promise<number> {
  const file = path.resolve(context.io.cwd, jar);
  await requireFile(file);
  const java = await findJava(context.io.env);
  context.signal.throwIfAborted();
  const child = spawn(java, ['-jar', file, ...args], { stdio: 'inherit', cwd: context.io.cwd });
  const forward = (): void => {
    const signal = signalOf(context.signal.reason);
    if (!isFromTerminal(signal)) child.kill(signal);
  };
  context.signal.addEventListener('abort', forward, { once: true });
  try {
    return await new Promise<number>((resolve, reject) => {
      child.once('error', (error) => {
        reject(
          new ConfigError(`${java} can't be run: ${errorMessage(error)}`, { hint: JAVA_HINT, cause: error }),
        );
      });
      child.once('exit', (code, signal) =>
        resolve(code ?? 128 + (signal === null ? 0 : os.constants.signals[signal])),
      );
    });
  } finally {
    context.signal.removeEventListener('abort', forward);
  }
}

/** What stopped us; SIGTERM where that was no signal. */
function signalOf(reason: unknown): 'SIGINT' | 'SIGTERM' {
  return reason instanceof InterruptedError ? reason.signal : 'SIGTERM';
}

/**
 * A terminal sends Ctrl-C to all processes in its foreground, so the jar has it already: twice could mean more than once.
 * Any stream may be the one that shows the terminal, as the others can be redirected.
 */
function isFromTerminal(signal: 'SIGINT' | 'SIGTERM'): boolean {
  return signal === 'SIGINT' && [0, 1, 2].some((fd) => isatty(fd));
}

const JAVA_HINT = 'install a Java runtime, or set JAVA_HOME to one';

async function requireFile(file: string): Promise<void> {
  try {
    if ((await stat(file)).isFile()) return;
  } catch (error) {
    if (systemErrorCode(error) !== 'ENOENT')
      throw new UsageError(`${file} can't be read: ${errorMessage(error)}`, { cause: error });
    throw new UsageError(`there is no jar at ${file}`, { cause: error });
  }
  throw new UsageError(`${file} is not a file`);
}

/** The `java` of JAVA_HOME, or else the first on PATH. @throws ConfigError */
async function findJava(env: Readonly<Record<string, string | undefined>>): Promise<string> {
  const home = env['JAVA_HOME'];
  if (home !== undefined && home !== '') {
    const java = path.join(home, 'bin', 'java');
    if (await isExecutable(java)) return java;
    throw new ConfigError(`JAVA_HOME is ${home}, and there is no program at ${java}`, { hint: JAVA_HINT });
  }
  for (const folder of (env['PATH'] ?? '').split(path.delimiter)) {
    const java = path.join(folder, 'java');
    if (folder !== '' && (await isExecutable(java))) return java;
  }
  throw new ConfigError('there is no java: JAVA_HOME is not set, and PATH has none', { hint: JAVA_HINT });
}

async function isExecutable(file: string): Promise<boolean> {
  try {
    await access(file, constants.X_OK);
    return (await stat(file)).isFile();
  } catch {
    // Whatever the reason: it is not one that can be run.
    return false;
  }
}
