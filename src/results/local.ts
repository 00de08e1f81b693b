import { constants } from 'node:fs';
import { type FileHandle, open, opendir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { NotFoundError, errorMessage, systemErrorCode } from '../model/errors.ts';
import { ResultUnreadableError, resultNotThere } from './errors.ts';
import type { Entry, Found, Storage } from './storage.ts';

const CHUNK = 128 * 1024;

/** Mounted file systems, read until the signal is aborted. */
export function localStorage(signal: AbortSignal | undefined): Storage {
  return {
    async look(path, limit) {
      signal?.throwIfAborted();
      return attempt(path, () => look(path, limit));
    },
    read: (file) => readChunks(file, signal),
  };
}

async function look(path: string, limit: number): Promise<Found> {
  const stats = await stat(path);
  if (stats.isFile()) return 'file';
  if (!stats.isDirectory()) {
    throw new ResultUnreadableError(`the result ${path} is neither a file nor a directory`);
  }
  const entries: Entry[] = [];
  for await (const entry of await opendir(path, { bufferSize: 1024 })) {
    entries.push({ name: entry.name, path: join(path, entry.name), isFile: entry.isFile() });
    if (entries.length > limit) break;
  }
  return { identity: `${stats.dev}:${stats.ino}`, entries };
}

async function* readChunks(file: string, signal: AbortSignal | undefined): AsyncGenerator<Uint8Array> {
  signal?.throwIfAborted();
  const handle = await attempt(file, () => openRegular(file));
  try {
    for (;;) {
      signal?.throwIfAborted();
      // A buffer of its own for each chunk: the reader may keep it.
      const { bytesRead, buffer } = await attempt(file, () =>
        handle.read(Buffer.allocUnsafeSlow(CHUNK), 0, CHUNK, null),
      );
      if (bytesRead === 0) return;
      yield buffer.subarray(0, bytesRead);
    }
  } finally {
    await handle.close();
  }
}

async function openRegular(file: string): Promise<FileHandle> {
  // Without O_NONBLOCK, opening what has become a named pipe waits for a writer.
  const handle = await open(file, constants.O_RDONLY | constants.O_NONBLOCK);
  if ((await handle.stat()).isFile()) return handle;
  await handle.close();
  throw new ResultUnreadableError(`the result file ${file} is not a regular file`);
}

async function attempt<T>(path: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    if (error instanceof ResultUnreadableError || error instanceof NotFoundError) throw error;
    const code = systemErrorCode(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') throw resultNotThere(path, error);
    throw new ResultUnreadableError(`the result ${path} can't be read: ${errorMessage(error)}`, {
      hint: code === 'EACCES' || code === 'EPERM' ? 'it belongs to another user' : undefined,
      cause: error,
    });
  }
}
