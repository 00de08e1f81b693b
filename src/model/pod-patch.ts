import { isJsonList, isJsonObject, type Json, type JsonObject } from './json.ts';

/**
 * The lists of a pod whose items are told apart by one of their fields (`patchMergeKey` of Kubernetes' core/v1). Any other
 * list is replaced as a whole.
 */
const MERGE_KEYS = new Map([
  ['containers', 'name'],
  ['env', 'name'],
  ['hostAliases', 'ip'],
  ['imagePullSecrets', 'name'],
  ['initContainers', 'name'],
  ['ports', 'containerPort'],
  ['resourceClaims', 'name'],
  ['schedulingGates', 'name'],
  ['topologySpreadConstraints', 'topologyKey'],
  ['volumeDevices', 'devicePath'],
  ['volumeMounts', 'mountPath'],
  ['volumes', 'name'],
]);

/**
 * Lays a patch over a pod, a part of one, or another patch, as a strategic merge of Kubernetes does, without its `$` directives. A null in
 * the patch removes what it stands for; with `keepNulls` it stays, for what is a patch itself.
 */
export function mergePod(base: JsonObject, patch: JsonObject, { keepNulls = false } = {}): JsonObject {
  const merged = new Map(Object.entries(base));
  for (const [key, value] of Object.entries(patch)) {
    if (value === null && !keepNulls) merged.delete(key);
    else merged.set(key, mergeValue(key, merged.get(key), value, keepNulls));
  }
  // Not an assignment to a key, which may be "__proto__".
  return Object.fromEntries(merged);
}

function mergeValue(key: string, base: Json | undefined, patch: Json, keepNulls: boolean): Json {
  if (isJsonObject(patch)) return mergePod(isJsonObject(base) ? base : {}, patch, { keepNulls });
  const mergeKey = MERGE_KEYS.get(key);
  if (mergeKey === undefined || !isJsonList(patch)) return patch;
  const merged = new Map<string | symbol, Json>();
  for (const item of isJsonList(base) ? base : []) merged.set(idOf(item, mergeKey), item);
  for (const item of patch) {
    const id = idOf(item, mergeKey);
    merged.set(id, mergeValue('', merged.get(id), item, keepNulls));
  }
  return [...merged.values()];
}

/** What tells an item of a list from the others; one without the field is like no other. */
function idOf(item: Json, mergeKey: string): string | symbol {
  const id = isJsonObject(item) && Object.hasOwn(item, mergeKey) ? item[mergeKey] : undefined;
  return id === undefined ? Symbol() : JSON.stringify(id);
}
