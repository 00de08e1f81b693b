import type { Stats } from 'node:fs';
import { stat } from 'node:fs/promises';
import path from 'node:path';
import { ConfigError, errorMessage } from '../model/errors.ts';
import { makeFolder } from './make-folder.ts';

const STICKY = 0o1000;
const GROUP_WRITES = 0o020;
const OTHERS_WRITE = 0o002;

/**
 * Makes the state directory and what stages need in it, where they are missing, and makes sure of who can change them:
 * whoever can decides what programs run. A group that the master is in may, as Kubernetes sets it up for volumes.
 * @param stateDir absolute
 * @throws ConfigError it can't be made, or others can change it
 */
export async function openStateDir(stateDir: string): Promise<void> {
  await openFolder(stateDir, stateDir);
  for (const name of ['work', 'runs']) await openStateFolder(stateDir, name);
}

/** One folder of the state, likewise; answers its path. @throws ConfigError */
export async function openStateFolder(stateDir: string, name: string): Promise<string> {
  const folder = path.join(stateDir, name);
  const { uid } = await openFolder(stateDir, folder);
  // Only the sticky bit keeps others out there: the folder may have been waiting for us.
  if (uid !== process.geteuid?.() && strangers(await stat(stateDir)) !== '') {
    throw new ConfigError(
      `state directory ${stateDir} can be written to by others, and ${folder} is another user's`,
      { hint: `start with --state-dir ${path.join(stateDir, 'clic-master')}, which will be made` },
    );
  }
  return folder;
}

async function openFolder(stateDir: string, folder: string): Promise<Stats> {
  let stats: Stats;
  try {
    await makeFolder(folder);
    stats = await stat(folder);
  } catch (thrown) {
    throw new ConfigError(`state directory ${stateDir} can't be made: ${errorMessage(thrown)}`, {
      hint: 'choose a directory that you may write to with --state-dir',
      cause: thrown,
    });
  }
  const who = strangers(stats);
  if (who === '' || (stats.mode & STICKY) !== 0) return stats;
  throw new ConfigError(
    `state directory ${stateDir}: others can write to ${folder} (mode ${(stats.mode & 0o7777).toString(8).padStart(4, '0')}), and so run programs as this user`,
    {
      hint: `chmod ${who}-w ${folder}, or start with --state-dir ${path.join(stateDir, 'clic-master')}, which will be made`,
    },
  );
}

/** Who may write to it and should not, as chmod calls them: `g`, `o`, both or nobody. */
function strangers({ mode, gid }: Stats): string {
  const isOurGroup = gid === process.getegid?.() || (process.getgroups?.() ?? []).includes(gid);
  return `${(mode & GROUP_WRITES) !== 0 && !isOurGroup ? 'g' : ''}${(mode & OTHERS_WRITE) !== 0 ? 'o' : ''}`;
}
