import type { Config } from '../config/options.ts';
import { InterruptedError } from '../model/errors.ts';
import type { CommandSpec } from './command.ts';
import type { Arguments } from './command-line/arguments.ts';
import { readCommandLine } from './command-line/read.ts';
import { noCommand } from './command-line/unknown.ts';
import { COMPLETE_FILES, COMPLETION_FLAG } from './commands/completion/agreement.ts';
import { COMMANDS } from './commands/index.ts';
import { Context, type Deps } from './context.ts';
import { exitCodeOf } from './exit-codes.ts';
import { ClosedPipeError, lenient, useColor, type Io } from './io.ts';
import { orAborted } from './or-aborted.ts';
import { renderError } from './report.ts';

/**
 * Runs one command line and resolves to the exit status. Never rejects: what goes wrong is told on stderr.
 * @param argv the words after the program's name
 */
export async function run(argv: readonly string[], io: Io, deps: Deps): Promise<number> {
  if (argv[0] === COMPLETION_FLAG) return complete(argv.slice(1), io, deps);
  const line = readCommandLine(argv.length === 0 ? ['help'] : argv, COMMANDS);
  let set: Config | null = null;
  try {
    const { command, problem, args, flags } = line;
    if (command !== null && line.wantsHelp) return await showHelp(command, io);
    if (problem !== null) throw problem;
    if (command === null) throw noCommand();
    const context = new Context(io, deps, args, flags, line.isOneDash);
    try {
      return await runCommand(command, args, context);
    } finally {
      set = context.configured;
      await context.close();
    }
  } catch (error) {
    if (error instanceof ClosedPipeError) return 0;
    await tell(error, line.output, set, io);
    return exitCodeOf(error);
  }
}

async function runCommand(command: CommandSpec, args: Arguments, context: Context): Promise<number> {
  const { signal } = context;
  signal.throwIfAborted();
  const work = command.run(args, context);
  return command.handlesSignals === true ? work : orAborted(signal, work);
}

/** Whatever goes wrong, there are just fewer candidates: a shell has no place to show an error. */
async function complete(words: readonly string[], io: Io, deps: Deps): Promise<number> {
  try {
    const { completeWords } = await import('./commands/completion/complete.ts');
    const candidates = await completeWords(words, COMMANDS, io, deps);
    for (const candidate of candidates ?? []) await io.stdout.write(`${candidate}\n`);
    return candidates === null ? COMPLETE_FILES : 0;
  } catch {
    return 0;
  }
}

/** `clic <verb> --help`. */
async function showHelp(command: CommandSpec, io: Io): Promise<number> {
  const { commandHelp, mainHelp } = await import('./commands/help/usage.ts');
  const { columns } = io.stdout;
  await io.stdout.write(
    command.verb === 'help' ? await mainHelp(COMMANDS, columns) : await commandHelp(command, columns),
  );
  return 0;
}

/** @param output the format that the command line asks for, or null */
async function tell(error: unknown, output: string | null, set: Config | null, io: Io): Promise<void> {
  const stderr = lenient(io.stderr);
  // A terminal shows ^C where the cursor is: the message goes on a line of its own.
  if (error instanceof InterruptedError && stderr.isTty) await stderr.write('\n');
  await stderr.write(
    renderError(error, {
      json: /^jsonl?$/i.test(output ?? set?.output ?? io.env['CLIC_OUTPUT'] ?? ''),
      color: useColor(set?.color ?? 'auto', io.env, stderr),
      debug: (io.env['CLIC_DEBUG'] ?? '') !== '',
    }),
  );
}
