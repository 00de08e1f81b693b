import { ClassicLevel } from 'classic-level';
import { ConfigError, errorMessage, systemErrorCode } from '../../model/errors.ts';
import { openStateFolder } from '../state-dir.ts';
import { StoreCorruptError } from '../state/corrupt.ts';
import { migrateFormat1 } from './level-format-1.ts';
import { FORMAT_KEY } from './level-keys.ts';

export type Database = ClassicLevel;

/** Of keys and records; grows when an older master couldn't read them. */
const FORMAT = 2;
/** What to do about a database that can't be read. */
export const SET_ASIDE = 'restore the directory from a backup, or set it aside to begin with an empty state';

/**
 * Opens the database in `<stateDir>/store`, for one process at a time, and makes it where there is none.
 * @throws ConfigError when it can't be used, StoreCorruptError when it is damaged or something else
 */
export async function openDatabase(
  stateDir: string,
  onNotice: (text: string) => void = () => undefined,
): Promise<Database> {
  const location = await openStateFolder(stateDir, 'store');
  const db: Database = new ClassicLevel(location, { keyEncoding: 'utf8', valueEncoding: 'utf8' });
  try {
    await db.open();
  } catch (thrown) {
    throw openProblem(stateDir, thrown);
  }
  try {
    await checkFormat(db, stateDir, onNotice);
  } catch (thrown) {
    await db.close();
    throw thrown;
  }
  return db;
}

function openProblem(stateDir: string, thrown: unknown): Error {
  const cause = thrown instanceof Error ? (thrown.cause ?? thrown) : thrown;
  switch (systemErrorCode(cause)) {
    case 'LEVEL_LOCKED':
      return new ConfigError(`state directory ${stateDir} is in use by another clic-master`, {
        hint: 'stop that one first, or give this one a directory of its own with --state-dir',
        cause,
      });
    case 'LEVEL_CORRUPTION':
      return new StoreCorruptError(`the state directory ${stateDir} is damaged: ${errorMessage(cause)}`, {
        hint: SET_ASIDE,
        cause,
      });
    default:
      return new ConfigError(`state directory ${stateDir} can't be opened: ${errorMessage(cause)}`, {
        hint: 'check its permissions and the space on its disk',
        cause,
      });
  }
}

async function checkFormat(db: Database, stateDir: string, onNotice: (text: string) => void): Promise<void> {
  const format = await db.get(FORMAT_KEY);
  if (format === String(FORMAT)) return;
  if (format === '1') {
    await migrate(db, stateDir);
    onNotice(`the state in ${stateDir} was rewritten in the format of this version`);
    return;
  }
  if (format === undefined && (await db.keys({ limit: 1 }).all()).length === 0) {
    await db.put(FORMAT_KEY, String(FORMAT), { sync: true });
    return;
  }
  if (format !== undefined && /^\d+$/.test(format) && Number(format) > FORMAT) {
    throw new ConfigError(
      `state directory ${stateDir} was written by a newer clic-master: its format is ${format}, this one reads ${FORMAT}`,
      { hint: 'start the newer clic-master, or give this one a directory of its own with --state-dir' },
    );
  }
  throw new StoreCorruptError(
    `the database in the state directory ${stateDir} was not written by a clic-master`,
    {
      hint: 'choose another directory with --state-dir',
    },
  );
}

async function migrate(db: Database, stateDir: string): Promise<void> {
  try {
    await migrateFormat1(db);
  } catch (thrown) {
    throw new StoreCorruptError(
      `the state in ${stateDir}, written by an earlier clic-master, can't be taken over: ${errorMessage(thrown)}`,
      { hint: SET_ASIDE, cause: thrown },
    );
  }
}
