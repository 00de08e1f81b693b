import { ClicError, errorMessage } from '../model/errors.ts';

const LOG_LEVELS = ['debug', 'info', 'warn'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** Lines for people and for log collectors: time, level, message. */
export interface Log {
  debug(message: string, error?: unknown): void;
  info(message: string): void;
  warn(message: string, error?: unknown): void;
}

export function createLog(
  stream: NodeJS.WritableStream,
  level: LogLevel,
  now: () => Date = () => new Date(),
): Log {
  const shown = LOG_LEVELS.indexOf(level);
  const line = (at: LogLevel, message: string, error?: unknown): void => {
    if (LOG_LEVELS.indexOf(at) < shown) return;
    const reason = error === undefined ? '' : `: ${describe(error)}`;
    // One event, one line, whatever a client has put into it.
    const text = `${message}${reason}`
      .trimEnd()
      .replace(/\p{Cc}+/gu, ' | ')
      .slice(0, 4_000);
    stream.write(`${now().toISOString()} ${at.toUpperCase().padEnd(5)} ${text}\n`);
  };
  return {
    debug: (message, error) => line('debug', message, error),
    info: (message) => line('info', message),
    warn: (message, error) => line('warn', message, error),
  };
}

function describe(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? ` (${error.cause.message})` : '';
  // A bug is worth its stack: nobody has foreseen it.
  const text =
    error instanceof Error && !(error instanceof ClicError) && !('code' in error) ? error.stack : undefined;
  return `${text ?? errorMessage(error)}${cause}`;
}
