import { loadMasterConfig, type MasterConfig } from '../../src/config/load-master.ts';
import { masterOptions } from '../../src/config/master-options.ts';

const NOWHERE = '/nonexistent-clic-test';

/** The options of clic-master on a machine whose values tests know. */
export const MASTER_TABLE = masterOptions({ env: {}, home: NOWHERE, processors: 3 });

/** Reads them from flags, variables and whatever `home` holds in .clic. */
export function masterConfig(
  flags: Readonly<Record<string, string>> = {},
  env: Readonly<Record<string, string>> = {},
  home = NOWHERE,
): MasterConfig {
  const places = { cwd: home, home, dataDir: NOWHERE };
  return loadMasterConfig(MASTER_TABLE, new Map(Object.entries(flags)), env, places);
}
