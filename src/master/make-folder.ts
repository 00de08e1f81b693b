import { mkdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { systemErrorCode } from '../model/errors.ts';

/**
 * Makes a folder, and those above it, where they are missing; new ones are for the user alone. One by one: Node's
 * `recursive` never ends where a file system, such as /proc, says of a new folder in an old one that there is no such.
 * @param folder absolute
 * @throws Error of the file system
 */
export async function makeFolder(folder: string): Promise<void> {
  const missing: string[] = [];
  for (let at = folder; !(await isFolder(at)); at = path.dirname(at)) missing.push(at);
  for (const each of missing.reverse()) {
    try {
      await mkdir(each, { mode: 0o700 });
    } catch (thrown) {
      // Somebody else was faster.
      if (systemErrorCode(thrown) !== 'EEXIST' || !(await isFolder(each))) throw thrown;
    }
  }
}

/** False where nothing is. @throws Error where something else is, or that can't be told */
async function isFolder(at: string): Promise<boolean> {
  try {
    if ((await stat(at)).isDirectory()) return true;
  } catch (thrown) {
    if (systemErrorCode(thrown) === 'ENOENT') return false;
    throw thrown;
  }
  throw new Error(`${at} is not a directory`);
}
