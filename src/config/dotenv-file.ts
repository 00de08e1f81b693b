import { statSync } from 'node:fs';
import { join } from 'node:path';
import { readIfExists } from './locate.ts';
import type { Setting, VariableOrigin } from './origin.ts';

export interface Dotenv {
  /** The variables that are ours, with the place of each. */
  readonly settings: ReadonlyMap<string, Setting<VariableOrigin>>;
  /** True where other users can change what it says: then it is not trusted with the choice of a master. */
  readonly isShared: boolean;
}

/**
 * Reads `.env` in a folder. The process's own environment is left as it is.
 * @throws ConfigError when the file is there and can't be read
 */
export async function readDotenv(folder: string): Promise<Dotenv> {
  const file = join(folder, '.env');
  const found = readIfExists(file, '.env');
  if (found === null) return { settings: new Map(), isShared: false };
  const { default: dotenv } = await import('dotenv');
  const lines = found.text.split(/\r\n|\n|\r/).map(assignedName);
  const settings = new Map(
    Object.entries(dotenv.parse(found.text))
      .filter(([name, text]) => name.startsWith('CLIC_') && text !== '')
      .map(([name, text]): [string, Setting<VariableOrigin>] => {
        const line = lines.lastIndexOf(name) + 1;
        return [name, { text, origin: { kind: 'dotenv', name, file: found.file, line } }];
      }),
  );
  return { settings, isShared: settings.size > 0 && isShared(file, folder) };
}

const OTHERS_WRITE = 0o002;
/** In a folder with this bit, as /tmp is, nobody can replace a file of someone else. */
const STICKY = 0o1000;

/** Whether a user other than this one and root owns the file, can write to it, or can put another in its place. */
function isShared(file: string, folder: string): boolean {
  const ours = [process.getuid?.() ?? 0, 0];
  try {
    const own = statSync(file);
    const { mode } = statSync(folder);
    const isReplaceable = (mode & OTHERS_WRITE) !== 0 && (mode & STICKY) === 0;
    return !ours.includes(own.uid) || (own.mode & OTHERS_WRITE) !== 0 || isReplaceable;
  } catch {
    // It was there a moment ago: whoever changes it meanwhile is not trusted.
    return true;
  }
}

function assignedName(line: string): string | undefined {
  return /^\s*(?:export\s+)?([\w.-]+)\s*[=:]/.exec(line)?.[1];
}
