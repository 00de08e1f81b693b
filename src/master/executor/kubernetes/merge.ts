import { isJson, type Json } from '../../kubernetes/json.ts';

/** What tells the entries of a list apart, where Kubernetes merges it: of the fields that a pod has. */
const KEYS: ReadonlyMap<string, string> = new Map([
  ['containers', 'name'],
  ['initContainers', 'name'],
  ['volumes', 'name'],
  ['env', 'name'],
  ['imagePullSecrets', 'name'],
  ['volumeMounts', 'mountPath'],
  ['volumeDevices', 'devicePath'],
  ['ports', 'containerPort'],
  ['hostAliases', 'ip'],
  ['topologySpreadConstraints', 'topologyKey'],
]);
/** Lists to which a patch adds. */
const ADDED = new Set(['tolerations', 'envFrom']);

/**
 * Lays one object over another as `kubectl patch` does with pods (a strategic merge): fields go one by one, entries of lists that
 * have a key by that, and null takes a field away. Of its directives, `$patch: delete` and `$patch: replace` are known.
 */
export function merged(base: Json, patch: Json): Json {
  if (patch['$patch'] === 'replace') return withoutDirectives(patch);
  const result: Record<string, unknown> = { ...base };
  for (const [field, value] of Object.entries(patch)) {
    if (value === undefined || field === '$patch') continue;
    if (value === null) Reflect.deleteProperty(result, field);
    else result[field] = mergedValue(field, result[field], value);
  }
  return result;
}

function mergedValue(field: string, below: unknown, above: unknown): unknown {
  if (isJson(above)) return merged(isJson(below) ? below : {}, above);
  if (!Array.isArray(above)) return above;
  const [before, after]: (readonly unknown[])[] = [Array.isArray(below) ? below : [], above];
  const key = KEYS.get(field);
  if (key !== undefined) return mergedLists(before ?? [], after ?? [], key);
  return ADDED.has(field) ? [...(before ?? []), ...(after ?? [])] : above;
}

function mergedLists(below: readonly unknown[], above: readonly unknown[], key: string): unknown[] {
  const result = [...below];
  for (const entry of above) {
    if (!isJson(entry)) {
      result.push(entry);
      continue;
    }
    const at = result.findIndex(
      (other) => isJson(other) && other[key] !== undefined && other[key] === entry[key],
    );
    if (entry['$patch'] === 'delete') {
      if (at !== -1) result.splice(at, 1);
      continue;
    }
    const before = result[at];
    if (isJson(before)) result[at] = merged(before, entry);
    else result.push(merged({}, entry));
  }
  return result;
}

function withoutDirectives(patch: Json): Json {
  return Object.fromEntries(
    Object.entries(patch).filter(([field, value]) => field !== '$patch' && value !== null),
  );
}
