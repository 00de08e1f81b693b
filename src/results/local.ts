import { constants } from 'node:fs';
import { type FileHandle, open, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { NotFoundError, errorMessage, systemErrorCode } from '../model/errors.ts';
import { ResultUnreadableError, resultNotThere } from './errors.ts';
import { partsInOrder } from './part-names.ts';
import type { Part } from './source.ts';

const CHUNK = 128 * 1024;

/**
 * The files of a result on a mounted file system: the file itself, or the part files of a directory.
 * @throws NotFoundError
 * @throws ResultUnreadableError
 */
export async function localParts(path: string, signal: AbortSignal | undefined): Promise<Part[]> {
  const files = await attempt(path, () => filesOf(path));
  return files.map((file) => () => readChunks(file, signal));
}

async function filesOf(path: string): Promise<string[]> {
  const stats = await stat(path);
  if (stats.isFile()) return [path];
  if (!stats.isDirectory()) {
    throw new ResultUnreadableError(`the result ${path} is neither a file nor a directory`);
  }
  const files: string[] = [];
  for (const entry of partsInOrder(await readdir(path, { withFileTypes: true }), ({ name }) => name)) {
    const file = join(path, entry.name);
    if (entry.isFile() || (entry.isSymbolicLink() && (await stat(file)).isFile())) files.push(file);
  }
  return files;
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
