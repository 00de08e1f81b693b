import { ClicError, errorMessage } from '../model/errors.ts';
import { printable, safeJson } from '../model/printable.ts';

const LOG_LEVELS = ['debug', 'info', 'warn'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

export type LogFormat = 'text' | 'json';

/** What an event is about, by name: `task`, `stage`, `attempt`, `reason`. What is null or undefined is left out. */
type LogFields = Readonly<Record<string, string | number | boolean | null | undefined>> & {
  readonly [Own in 'time' | 'level' | 'message' | 'error']?: never;
};

/** One line for each event, for people or for log collectors. */
export interface Log {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  /** @param error why, where something failed; of one that nobody has foreseen, with its stack */
  warn(message: string, error?: unknown, fields?: LogFields): void;
}

export interface LogOptions {
  /** The least that is logged. */
  readonly level: LogLevel;
  readonly format: LogFormat;
}

/** The most characters of one message, error or field. */
const TEXT_MAX = 2_000;

type Line = readonly (readonly [name: string, value: string | number | boolean])[];

/**
 * A log on a stream. Whatever a client has put into a name or a message, an event is one line of bounded length without
 * control characters.
 */
export function createLog(
  stream: Pick<NodeJS.WritableStream, 'write'>,
  { level, format }: LogOptions,
  now: () => Date = () => new Date(),
): Log {
  const least = LOG_LEVELS.indexOf(level);
  const render = format === 'json' ? jsonLine : textLine;
  const write = (at: LogLevel, message: string, error: unknown, fields: LogFields = {}): void => {
    if (LOG_LEVELS.indexOf(at) < least) return;
    const shown = Object.entries(fields).flatMap(([name, value]) =>
      value === null || value === undefined ? [] : [[name, value] as const],
    );
    const reason = error === undefined ? [] : [['error', describe(error)] as const];
    const line: Line = [
      ['time', now().toISOString()],
      ['level', at],
      ['message', message],
      ...reason,
      ...shown,
    ];
    stream.write(
      `${render(line.map(([name, value]) => [name, typeof value === 'string' ? cut(value) : value]))}\n`,
    );
  };
  return {
    debug: (message, fields) => write('debug', message, undefined, fields),
    info: (message, fields) => write('info', message, undefined, fields),
    warn: (message, error, fields) => write('warn', message, error, fields),
  };
}

/** An object: `{"time":"…","level":"info","message":"a stage has failed","task":"wordcount-abcdefgh"}`. */
function jsonLine(line: Line): string {
  return safeJson(Object.fromEntries(line));
}

/** `2026-11-23T06:24:07.123Z INFO  a stage has failed task=wordcount-abcdefgh reason="exit status 3"`. */
function textLine(line: Line): string {
  return line
    .map(([name, value]) => {
      const text = String(value);
      switch (name) {
        case 'time':
          return text;
        case 'level':
          return ` ${text.toUpperCase().padEnd(5)}`;
        case 'message':
          return ` ${printable(text)}`;
        case 'error':
          return `: ${printable(text)}`;
        default:
          return ` ${name}=${/^[\w.,:/@+-]+$/.test(text) ? text : safeJson(text)}`;
      }
    })
    .join('');
}

/** At most so many characters, and no half of a pair. */
function cut(text: string): string {
  const trimmed = text.trimEnd();
  return trimmed.length <= TEXT_MAX
    ? trimmed
    : `${trimmed.slice(0, TEXT_MAX).replace(/[\uD800-\uDBFF]$/, '')}…`;
}

function describe(error: unknown): string {
  // A bug is worth its stack: nobody has foreseen it.
  const text =
    error instanceof Error && !(error instanceof ClicError) && !('code' in error) ? error.stack : undefined;
  const told = text ?? errorMessage(error);
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause.message : '';
  // Many a message ends with that of its cause.
  return told.includes(cause) ? told : `${told} (${cause})`;
}
