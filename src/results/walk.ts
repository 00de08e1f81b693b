import { ResultUnreadableError } from './errors.ts';
import { isPartOfResult, naturalOrder } from './part-names.ts';
import type { Directory, Found, Part, Storage } from './storage.ts';

/** Directories in one another. */
const DEPTH_MAX = 32;
/** Files and directories of a result, markers included: their names are held while it is read. */
const ENTRIES_MAX = 200_000;

/**
 * The part files of the result at a path, in natural order: the file itself, or those of a directory and of the directories
 * in it, such as Hive's partitions (`d=1/part-0`). Directories are listed as they are come to.
 * @throws NotFoundError
 * @throws ResultUnreadableError also for a tree that is too deep or too large
 */
export async function* partsBelow(storage: Storage, root: string): AsyncGenerator<Part> {
  let room = ENTRIES_MAX;
  const look = async (path: string): Promise<Found> => {
    const found = await storage.look(path, room);
    if (found !== 'file') room -= found.entries.length;
    if (room >= 0) return found;
    const count = ENTRIES_MAX.toLocaleString('en-US');
    throw tooLarge(root, `it has more than ${count} files and directories`);
  };
  const part = (path: string): Part => ({ path, read: () => storage.read(path) });

  async function* below({ entries, identity }: Directory, outer: readonly string[]): AsyncGenerator<Part> {
    const within = [...outer, identity];
    for (const { path, isFile } of naturalOrder(entries.filter(isPartOfResult), ({ name }) => name)) {
      const found = isFile ? 'file' : await look(path);
      if (found === 'file') {
        yield part(path);
        continue;
      }
      // A symbolic link to a directory around it: what it leads to is read already.
      if (within.includes(found.identity)) continue;
      if (within.length >= DEPTH_MAX) {
        throw tooLarge(root, `${path} is more than ${DEPTH_MAX} directories deep`);
      }
      yield* below(found, within);
    }
  }

  const found = await look(root);
  if (found === 'file') yield part(root);
  else yield* below(found, []);
}

function tooLarge(root: string, what: string): ResultUnreadableError {
  return new ResultUnreadableError(`the result ${root} is more than clic reads: ${what}`, {
    hint: 'read a directory of it with `cat`, or `hdfs dfs -cat` where it is on HDFS',
  });
}
