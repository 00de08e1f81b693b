import { join } from 'node:path';
import { readIfExists } from './locate.ts';
import type { Setting, VariableOrigin } from './origin.ts';

/**
 * The variables of `.env` in a folder that are ours, with the place of each. The process's own environment is left as it is.
 * @throws ConfigError when the file is there and can't be read
 */
export async function readDotenv(folder: string): Promise<ReadonlyMap<string, Setting<VariableOrigin>>> {
  const found = readIfExists(join(folder, '.env'), '.env');
  if (found === null) return new Map();
  const { default: dotenv } = await import('dotenv');
  const lines = found.text.split(/\r\n|\n|\r/).map(assignedName);
  return new Map(
    Object.entries(dotenv.parse(found.text))
      .filter(([name, text]) => name.startsWith('CLIC_') && text !== '')
      .map(([name, text]): [string, Setting<VariableOrigin>] => {
        const line = lines.lastIndexOf(name) + 1;
        return [name, { text, origin: { kind: 'dotenv', name, file: found.file, line } }];
      }),
  );
}

function assignedName(line: string): string | undefined {
  return /^\s*(?:export\s+)?([\w.-]+)\s*[=:]/.exec(line)?.[1];
}
