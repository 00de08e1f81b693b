import { randomBytes } from 'node:crypto';
import { open, realpath, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { UsageError, errorMessage, systemErrorCode } from '../../model/errors.ts';
import { OutputError } from '../io.ts';

/**
 * Finds out early that a file can't be written.
 * @throws UsageError
 */
export async function refuseUnwritable(file: string): Promise<void> {
  const there = await statOrNull(file);
  if (there?.isDirectory() === true) throw new UsageError(`--output-file: ${file} is a directory`);
  const folder = await statOrNull(dirname(file));
  if (folder?.isDirectory() !== true) {
    throw new UsageError(`--output-file: there is no directory ${dirname(file)}`);
  }
}

/**
 * Writes a file that appears whole or not at all: into a file beside it, which then takes its name. A device or pipe is
 * written to directly.
 * @throws OutputError what was there before is left as it was
 */
export async function replaceFile(file: string, chunks: AsyncIterable<string | Uint8Array>): Promise<void> {
  const there = await statOrNull(file);
  if (there !== null && !there.isFile()) return writeAll(file, 'w', chunks);
  // A symbolic link stays one, and points to the new file.
  const target = there === null ? file : await realpath(file);
  const temporary = `${target}.${randomBytes(6).toString('hex')}.part`;
  try {
    await writeAll(temporary, 'wx', chunks, there?.mode);
    await rename(temporary, target).catch((error: unknown) => {
      throw outputError(file, error);
    });
  } finally {
    await rm(temporary, { force: true });
  }
}

async function writeAll(
  file: string,
  flags: 'w' | 'wx',
  chunks: AsyncIterable<string | Uint8Array>,
  mode = 0o666,
): Promise<void> {
  const handle = await open(file, flags, mode & 0o777).catch((error: unknown) => {
    throw outputError(file, error);
  });
  try {
    for await (const chunk of chunks) {
      await handle.writeFile(chunk).catch((error: unknown) => {
        throw outputError(file, error);
      });
    }
  } finally {
    await handle.close();
  }
}

function outputError(file: string, error: unknown): OutputError {
  return new OutputError(`${file} can't be written: ${errorMessage(error)}`, { cause: error });
}

async function statOrNull(file: string) {
  try {
    return await stat(file);
  } catch (error) {
    const code = systemErrorCode(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') return null;
    throw new UsageError(`--output-file: ${file} can't be written: ${errorMessage(error)}`, { cause: error });
  }
}
