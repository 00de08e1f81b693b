import { VARIABLES, type LoadedConfig } from '../config/load.ts';
import { masterVariables } from '../config/master-options.ts';
import { describeOrigin } from '../config/origin.ts';
import { nearest } from '../plan/suggest.ts';
import type { Sink } from './io.ts';

/**
 * What has to be said about a configuration that was read.
 * @param stderr asked only where it matters whether somebody looks on: a script that runs in a folder of its own knows its `.env`
 */
export function configNotes(
  config: Pick<LoadedConfig, 'unknownVariables' | 'redirection'>,
  stderr: Pick<Sink, 'isTty'>,
): string[] {
  const { folder, taken, refused } = config.redirection;
  const settings = taken.map(({ name, text }) => `${name}=${text}`).join(', ');
  return [
    ...(taken.length > 0 && stderr.isTty
      ? [`clic: .env of ${folder} sets ${settings} (CLIC_NO_DOTENV=1 leaves .env unread)`]
      : []),
    ...(refused.length > 0
      ? [`clic: .env of ${folder} may not set ${refused.join(', ')}, as other users can change that file`]
      : []),
    ...misspelt(config),
  ];
}

const PREFIX = 'CLIC_';

/**
 * A warning for each variable that is probably a misspelt one of clic's. Others may well be somebody else's: Kubernetes sets
 * some for a service named clic-master, and so does a stage's environment.
 */
function misspelt({ unknownVariables }: Pick<LoadedConfig, 'unknownVariables'>): string[] {
  const known = VARIABLES.map((name) => name.slice(PREFIX.length));
  return unknownVariables.flatMap((origin) => {
    const { name } = origin;
    if (masterVariables().includes(name)) return [];
    const near = nearest(name.slice(PREFIX.length), known);
    if (near === undefined) return [];
    return [`${describeOrigin(origin)} is not known, and ignored; did you mean ${PREFIX}${near}?`];
  });
}
