import { closeSync, constants, openSync, statSync } from 'node:fs';
import { Socket } from 'node:net';

/**
 * What comes out of a named pipe, or out of one that a shell made for `<(…)`, up to the end of its writers; null where `path`
 * is something else. Aborting `signal` lets go of it, also while no writer has come.
 */
export function readPipe(path: string, signal: AbortSignal): AsyncIterable<unknown> | null {
  let isPipe: boolean;
  try {
    isPipe = statSync(path).isFIFO();
  } catch {
    // Whoever reads it as a file says why.
    return null;
  }
  if (!isPipe) return null;
  // Without O_NONBLOCK, opening waits for a writer, and nothing can end that.
  const fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    return new Socket({ fd, readable: true, writable: false, signal });
  } catch (error) {
    closeSync(fd);
    throw error;
  }
}
