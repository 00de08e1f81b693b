import { ClassicLevel } from 'classic-level';
import { ClicError, ConfigError, errorMessage, systemErrorCode } from '../../model/errors.ts';
import { openStateFolder } from '../state-dir.ts';
import { StoreCorruptError } from '../state/corrupt.ts';
import { migrateFormat1 } from './level-format-1.ts';
import { isDiskFull } from './level-full-disk.ts';
import { FORMAT_KEY } from './level-keys.ts';
import type { StoreOptions } from './store.ts';

export type Database = ClassicLevel;

/** Of keys and records; grows when an older master couldn't read them. */
const FORMAT = 2;
/** What to do about a database that can't be read. */
export const SET_ASIDE = 'restore the directory from a backup, or set it aside to begin with an empty state';

/**
 * Opens the database in `<stateDir>/store`, for one process at a time, and makes it where there is none.
 * @throws ConfigError when it can't be used, StoreCorruptError when it is damaged or something else
 */
export async function openDatabase(stateDir: string, options: StoreOptions): Promise<Database> {
  const location = await openStateFolder(stateDir, 'store');
  const db: Database = new ClassicLevel(location, { keyEncoding: 'utf8', valueEncoding: 'utf8' });
  try {
    await openChecked(db, stateDir, options);
  } catch (thrown) {
    // Opening takes some room: what was written last is put in order.
    if (!isDiskFull(thrown) || (await options.onDiskFull?.()) !== true) throw thrown;
    await openChecked(db, stateDir, options);
  }
  return db;
}

async function openChecked(db: Database, stateDir: string, { onNotice }: StoreOptions): Promise<void> {
  try {
    await db.open();
    await checkFormat(db, stateDir, onNotice);
  } catch (thrown) {
    await db.close();
    throw thrown instanceof ClicError ? thrown : openProblem(stateDir, thrown);
  }
}

/** True where the database has found that what is in its files is not what was written. */
export function isDamage(thrown: unknown): boolean {
  return systemErrorCode(thrown) === 'LEVEL_CORRUPTION';
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

async function checkFormat(
  db: Database,
  stateDir: string,
  onNotice: StoreOptions['onNotice'],
): Promise<void> {
  const format = await db.get(FORMAT_KEY);
  if (format === String(FORMAT)) return;
  if (format === '1') {
    await migrate(db, stateDir);
    onNotice?.(`the state in ${stateDir} was rewritten in the format of this version`);
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
    if (isDiskFull(thrown)) throw thrown;
    throw new StoreCorruptError(
      `the state in ${stateDir}, written by an earlier clic-master, can't be taken over: ${errorMessage(thrown)}`,
      { hint: SET_ASIDE, cause: thrown },
    );
  }
}
