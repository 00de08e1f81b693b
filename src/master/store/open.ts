import type { RedisSettings } from './redis/settings.ts';
import type { Store, StoreOptions } from './store.ts';

export const STORE_KINDS = ['level', 'memory', 'redis'] as const;
export type StoreKind = (typeof STORE_KINDS)[number];

/**
 * Opens the store of a master over its state directory, which is made where it is missing.
 * @param options `redis` is what `redis` can't do without
 * @throws ConfigError when it can't be used, StoreCorruptError when something else is in it, UnreachableError
 */
export async function openStore(
  kind: StoreKind,
  stateDir: string,
  options: StoreOptions & { readonly redis?: RedisSettings | null } = {},
): Promise<Store> {
  // Loaded when asked for: the database is native code, and the client of Redis large.
  const { LevelStore } = await import('./level.ts');
  if (kind === 'level') return LevelStore.open(stateDir, options);
  // The directory is one master's all the same: working directories and logs are in it.
  const lock = await LevelStore.open(stateDir, options);
  const unlock = (): Promise<void> => lock.close();
  if (kind === 'memory') return new (await import('./memory.ts')).MemoryStore(unlock);
  try {
    if (!options.redis) throw new TypeError('a store in Redis needs to know where Redis is');
    return await (await import('./redis/redis.ts')).RedisStore.open(options.redis, options, unlock);
  } catch (thrown) {
    await unlock();
    throw thrown;
  }
}
