import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigError, errorMessage, systemErrorCode } from '../model/errors.ts';

const INFO_FILE = 'master-info.config';

/** Where a machine keeps things. */
export interface Places {
  readonly cwd: string;
  readonly home: string;
  /** The shared storage of the cluster: `/data`. */
  readonly dataDir: string;
  /** The folder of this package, which holds conf/. */
  readonly packageDir: string;
}

export interface FoundFile {
  readonly file: string;
  readonly text: string;
}

/**
 * Finds a configuration file: the one that was named, or else the first that exists.
 * @param help the command that says which files are looked for
 * @throws ConfigError when the named one is not there, or the found one can't be read
 */
export function findConfigFile(
  named: { readonly path: string; readonly by: string } | null,
  files: readonly string[],
  help: string,
): FoundFile | null {
  if (named !== null) {
    const found = readIfExists(named.path, named.by);
    if (found !== null) return found;
    throw new ConfigError(`${named.by} names ${named.path}, which does not exist`, {
      hint: `name an existing file, or leave it out: \`${help}\` says which files are looked for`,
    });
  }
  for (const file of files) {
    const found = readIfExists(file, 'the configuration');
    if (found !== null) return found;
  }
  return null;
}

/** Where clic looks for its file when none is named, first to last. */
export function standardFiles(clicHome: string | null, places: Places): string[] {
  return [...machineFiles(INFO_FILE, clicHome, places), join(places.packageDir, 'conf', INFO_FILE)];
}

/** Where clic-master looks for its own. */
export function masterFiles(clicHome: string | null, places: Pick<Places, 'dataDir' | 'home'>): string[] {
  return machineFiles('clic-master.config', clicHome, places);
}

function machineFiles(
  name: string,
  clicHome: string | null,
  { dataDir, home }: Pick<Places, 'dataDir' | 'home'>,
): string[] {
  return [
    ...(clicHome === null ? [] : [join(clicHome, 'conf', name)]),
    join(dataDir, 'conf', name),
    join(home, '.clic', name),
  ];
}

/** null when there is no such file. @throws ConfigError */
export function readIfExists(file: string, what: string): FoundFile | null {
  try {
    return { file, text: readFileSync(file, 'utf8') };
  } catch (error) {
    const code = systemErrorCode(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') return null;
    throw new ConfigError(`${what}: ${file} can't be read: ${errorMessage(error)}`, { cause: error });
  }
}
