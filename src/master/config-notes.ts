import type { MasterConfig } from '../config/load-master.ts';
import { masterVariables, type MasterOptionTable } from '../config/master-options.ts';
import { nearest } from '../plan/suggest.ts';

const PREFIX = 'CLIC_MASTER_';

/**
 * What has to be said about a configuration that was read: keys of its file that mean nothing, and variables that are probably
 * misspelt. Other variables may well be somebody else's: Kubernetes sets some for a service named clic-master.
 */
export function configNotes(
  table: MasterOptionTable,
  { file, unknown }: Pick<MasterConfig, 'file' | 'unknown'>,
  env: Readonly<Record<string, string | undefined>>,
): string[] {
  const keys = Object.values(table).flatMap((spec): readonly string[] => spec.keys);
  const variables = masterVariables().filter((name) => name.startsWith(PREFIX));
  const endings = variables.map((name) => name.slice(PREFIX.length));
  return [
    ...unknown.map(({ key, line }) => {
      const near = nearest(key, keys);
      const advice = near === undefined ? '' : `; did you mean ${near}?`;
      return `${file ?? ''}:${line}: ${key} is not known, and ignored${advice}`;
    }),
    ...Object.keys(env)
      .filter((name) => name.startsWith(PREFIX) && !variables.includes(name))
      .flatMap((name) => {
        const near = nearest(name.slice(PREFIX.length), endings);
        return near === undefined
          ? []
          : [`${name} is not known, and ignored; did you mean ${PREFIX}${near}?`];
      }),
  ];
}
