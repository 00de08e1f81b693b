import type { Store, StoreOptions } from './store.ts';

export const STORE_KINDS = ['level', 'memory'] as const;
export type StoreKind = (typeof STORE_KINDS)[number];

/**
 * Opens the store of a master over its state directory, which is made where it is missing.
 * @throws ConfigError when the directory can't be used, StoreCorruptError when something else is in it
 */
export async function openStore(
  kind: StoreKind,
  stateDir: string,
  options: StoreOptions = {},
): Promise<Store> {
  // Loaded when asked for: the database is native code.
  switch (kind) {
    case 'level':
      return (await import('./level.ts')).LevelStore.open(stateDir, options);
    case 'memory': {
      // The directory is one master's all the same: working directories and logs are in it.
      const lock = await (await import('./level.ts')).LevelStore.open(stateDir, options);
      return new (await import('./memory.ts')).MemoryStore(() => lock.close());
    }
  }
}
