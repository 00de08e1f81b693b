import { resolve } from 'node:path';
import { parseInfoFile } from './info-file.ts';
import { findConfigFile, masterFiles, type Places } from './locate.ts';
import type { MasterOptionTable } from './master-options.ts';
import { describeOrigin, type Setting } from './origin.ts';
import { readOptions, type Options } from './read-options.ts';

/** How many Jobs run at once unless something else is said. */
const JOBS_AT_ONCE = 1000;

export type MasterConfig = Options<MasterOptionTable>;

/**
 * Gathers the values of all options of clic-master: flags before the environment, before the configuration file, before the
 * defaults. An empty variable counts as not set. There is no `.env`: a master belongs to no folder.
 * @throws ConfigError that names the source of the bad value
 */
export function loadMasterConfig(
  table: MasterOptionTable,
  flags: ReadonlyMap<string, string>,
  env: Readonly<Record<string, string | undefined>>,
  places: Pick<Places, 'cwd' | 'home' | 'dataDir'>,
): MasterConfig {
  const variable = ({ env: name }: { readonly env: string }): Setting | undefined => {
    const text = env[name];
    return text === undefined || text === '' ? undefined : { text, origin: { kind: 'environment', name } };
  };
  const flag = flags.get('config');
  const named =
    flag === undefined
      ? variable({ env: 'CLIC_MASTER_CONF' })
      : ({ text: flag, origin: { kind: 'flag', name: '--config' } } satisfies Setting);
  const found = findConfigFile(
    named === undefined ? null : { path: resolve(places.cwd, named.text), by: describeOrigin(named.origin) },
    masterFiles(variable({ env: 'CLIC_HOME' })?.text ?? null, places),
    'clic-master help',
  );
  return withDefaults(
    readOptions(table, {
      flags,
      variable,
      file: found === null ? null : { file: found.file, entries: parseInfoFile(found.text, found.file) },
      cwd: places.cwd,
      hint: '`clic-master help` lists the options and what they take',
    }),
  );
}

/** What a default depends on another option for: Jobs take no processor of this machine. */
function withDefaults(config: MasterConfig): MasterConfig {
  const { values, origins } = config;
  if (values.executor !== 'kubernetes' || origins.maxRunning.kind !== 'default') return config;
  return { ...config, values: { ...values, maxRunning: JOBS_AT_ONCE } };
}
