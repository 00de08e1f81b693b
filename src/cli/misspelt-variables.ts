import { VARIABLES, type LoadedConfig } from '../config/load.ts';
import { describeOrigin } from '../config/origin.ts';
import { nearest } from '../plan/suggest.ts';

const PREFIX = 'CLIC_';
const MASTER_PREFIX = 'CLIC_MASTER_';

/**
 * A warning for each variable that is probably a misspelt one of clic's. Others may well be somebody else's: Kubernetes sets
 * some for a service named clic-master, and so do a stage's environment and the limits of clic-master.
 */
export function misspeltVariables({ unknownVariables }: Pick<LoadedConfig, 'unknownVariables'>): string[] {
  const known = VARIABLES.map((name) => name.slice(PREFIX.length));
  return unknownVariables.flatMap((origin) => {
    const { name } = origin;
    // `CLIC_MASTER_MAX_DEPTH` is clic-master's, `CLIC_MAX_DEPTH` is clic's.
    if (VARIABLES.includes(PREFIX + name.slice(MASTER_PREFIX.length))) return [];
    const near = nearest(name.slice(PREFIX.length), known);
    if (near === undefined) return [];
    return [`${describeOrigin(origin)} is not known, and ignored; did you mean ${PREFIX}${near}?`];
  });
}
