import { readFile } from 'node:fs/promises';
import { systemErrorCode } from '../../../model/errors.ts';

/** The file's content; null when it isn't there. @throws Error where it can't be told, or the file can't be read */
export async function readOptional(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'latin1');
  } catch (thrown) {
    const code = systemErrorCode(thrown);
    // A process that ends while its file in /proc is read gives ESRCH.
    if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'ESRCH') return null;
    throw thrown;
  }
}
