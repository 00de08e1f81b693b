/**
 * The lists of a pod whose items are told apart by one of their fields (`patchMergeKey` of Kubernetes' core/v1). Any other
 * list is replaced as a whole, unless it is said to be added to.
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

interface MergeRules {
  /** A null stays, for what is a patch itself; else it removes what it stands for. */
  readonly keepNulls?: boolean;
  /** Lists without a merge key to which the patch adds, instead of replacing them. */
  readonly added?: ReadonlySet<string>;
}

type Fields = Readonly<Record<string, unknown>>;

/** Lays a patch over a pod, a part of one, or another patch, as a strategic merge of Kubernetes does, without its `$` directives. */
export function mergePod(base: Fields, patch: Fields, rules: MergeRules = {}): Fields {
  const merged = new Map(Object.entries(base));
  for (const [key, value] of Object.entries(patch)) {
    if (value === null && rules.keepNulls !== true) merged.delete(key);
    else merged.set(key, mergeValue(key, merged.get(key), value, rules));
  }
  // Not an assignment to a key, which may be "__proto__".
  return Object.fromEntries(merged);
}

function mergeValue(key: string, base: unknown, patch: unknown, rules: MergeRules): unknown {
  if (isFields(patch)) return mergePod(isFields(base) ? base : {}, patch, rules);
  if (!isList(patch)) return patch;
  const below = isList(base) ? base : [];
  const mergeKey = MERGE_KEYS.get(key);
  if (mergeKey === undefined) return rules.added?.has(key) === true ? [...below, ...patch] : patch;
  const merged = new Map<string | symbol, unknown>();
  for (const item of below) merged.set(idOf(item, mergeKey), item);
  for (const item of patch) {
    const id = idOf(item, mergeKey);
    merged.set(id, mergeValue('', merged.get(id), item, rules));
  }
  return [...merged.values()];
}

/** What tells an item of a list from the others; one without the field is like no other. */
function idOf(item: unknown, mergeKey: string): string | symbol {
  const id = isFields(item) && Object.hasOwn(item, mergeKey) ? item[mergeKey] : undefined;
  return id === undefined ? Symbol() : JSON.stringify(id);
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isList(value: unknown): value is readonly unknown[] {
  return Array.isArray(value);
}
