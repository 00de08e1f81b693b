import type { Program } from './supervisor.ts';

/** What the master tells the helper that starts supervisors: lists of these. An empty one asks for an empty one. */
export interface StartRequest {
  /** Names the request in the answers to it. */
  readonly id: number;
  readonly program: Program;
}

/** What the helper answers: lists of these. A request gets `started` and then `ended`, or one of the others. */
export type StartAnswer = { readonly id: number } & (
  | { readonly kind: 'started'; readonly pid: number }
  /** `code` is null after a signal. `isNew`: the attempt's folder was not there before, so nobody else can have started it. */
  | { readonly kind: 'ended'; readonly code: number | null; readonly isNew: boolean }
  /** Nothing was started: somebody has claimed the attempt, or that can't be told. */
  | { readonly kind: 'claimed' }
  /** Nothing was started: the operating system refuses. */
  | { readonly kind: 'refused'; readonly reason: string; readonly code: string | null }
);

/** The requests of a message, none where it is something else. */
export function requestsIn(message: unknown): StartRequest[] {
  return listIn(message).flatMap((entry) => {
    const { id, program } = entry;
    return typeof id === 'number' && isProgram(program) ? [{ id, program }] : [];
  });
}

/** The answers of a message, none where it is something else. */
export function answersIn(message: unknown): StartAnswer[] {
  return listIn(message).flatMap((entry): StartAnswer[] => {
    const { id, kind, pid, code, isNew, reason } = entry;
    if (typeof id !== 'number') return [];
    if (kind === 'started' && typeof pid === 'number') return [{ id, kind, pid }];
    if (kind === 'ended' && (typeof code === 'number' || code === null)) {
      return [{ id, kind, code, isNew: isNew === true }];
    }
    if (kind === 'claimed') return [{ id, kind }];
    if (kind === 'refused' && typeof reason === 'string') {
      return [{ id, kind, reason, code: typeof code === 'string' ? code : null }];
    }
    return [];
  });
}

function listIn(message: unknown): Record<string, unknown>[] {
  return Array.isArray(message) ? message.filter(isObject) : [];
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function isProgram(value: unknown): value is Program {
  if (!isObject(value)) return false;
  const { attemptDir, workDir, command, env } = value;
  return (
    typeof attemptDir === 'string' &&
    typeof workDir === 'string' &&
    Array.isArray(command) &&
    command.every((word) => typeof word === 'string') &&
    isObject(env) &&
    Object.values(env).every((text) => typeof text === 'string')
  );
}
