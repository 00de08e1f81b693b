// What the kubectl stub knows of objects: selectors, JSONPath as far as scripts need it, and what a running cluster would add.

/** Whether an object has the labels of a selector such as `a=b,c!=d,e,!f`. */
export function matches(object, selector) {
  if (selector === undefined || selector === '') return true;
  const labels = object.metadata.labels ?? {};
  return selector.split(',').every((term) => {
    const [, key, operator, value] = /^(!?[^=!]+)(?:(==|!=|=)(.*))?$/.exec(term);
    if (operator === '!=') return labels[key] !== value;
    if (operator !== undefined) return labels[key] === value;
    return key.startsWith('!') ? labels[key.slice(1)] === undefined : labels[key] !== undefined;
  });
}

/** Text with {.paths}: fields, escaped dots, ['keys'], [0], [*], [-1:], quoted text and {range}…{end}. */
export function jsonPath(object, template) {
  const range = /\{range ([^}]+)\}(.*)\{end\}/s.exec(template);
  if (range !== null) {
    const items = select(object, range[1]).map((item) => jsonPath(item, range[2]));
    return (
      jsonPath(object, template.slice(0, range.index)) +
      items.join('') +
      jsonPath(object, template.slice(range.index + range[0].length))
    );
  }
  return template.replace(/\{([^{}]*)\}/g, (_, expression) => {
    if (/^["']/.test(expression))
      return expression.slice(1, -1).replaceAll('\\n', '\n').replaceAll('\\t', '\t');
    return select(object, expression)
      .map((value) => (typeof value === 'object' ? JSON.stringify(value) : String(value)))
      .join(' ');
  });
}

function select(object, expression) {
  let found = [object];
  for (const [, field, key, index, condition] of expression.matchAll(
    /\.((?:[^.[\]\\]|\\.)+)|\['([^']*)'\]|\[(-?\d+:?|\*)\]|\[\?\(@\.([^)]*)\)\]/g,
  )) {
    found = found.flatMap((value) => {
      if (condition !== undefined) {
        const [, name, wanted] = /^(\w+)\s*==\s*["'](.*)["']$/.exec(condition);
        return Array.isArray(value) ? value.filter((item) => item[name] === wanted) : [];
      }
      if (index === '*') return Object.values(value ?? {});
      if (index !== undefined)
        return Array.isArray(value) ? value.slice(parseInt(index, 10)).slice(0, 1) : [];
      const name = key ?? field.replaceAll('\\', '');
      return value?.[name] === undefined ? [] : [value[name]];
    });
  }
  return found;
}

/** The object with the status that a cluster in good health gives it. */
export function observed(object) {
  const status = { ...healthy(object), ...object.status };
  const seen = Object.keys(status).length > 0 ? { ...object, status } : object;
  if (object.kind !== 'Secret' || object.stringData === undefined) return seen;
  const { stringData, ...others } = seen;
  const encoded = Object.entries(stringData).map(([key, value]) => [
    key,
    Buffer.from(String(value)).toString('base64'),
  ]);
  return { ...others, data: { ...object.data, ...Object.fromEntries(encoded) } };
}

function healthy({ kind, spec }) {
  const replicas = spec?.replicas ?? 1;
  switch (kind) {
    case 'Namespace':
      return { phase: 'Active' };
    case 'PersistentVolume':
    case 'PersistentVolumeClaim':
      return { phase: 'Bound' };
    case 'Deployment':
    case 'StatefulSet':
      return { replicas, readyReplicas: replicas, availableReplicas: replicas, updatedReplicas: replicas };
    case 'Job':
      return { succeeded: 1, conditions: [{ type: 'Complete', status: 'True' }] };
    case 'Pod':
      return { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] };
    default:
      return {};
  }
}

/** The pods that workloads would make. `stored` gives the objects of a kind. */
export function podsOf(stored) {
  const pods = (workload, name, phase) => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      namespace: workload.metadata.namespace,
      labels: workload.spec.template?.metadata?.labels ?? {},
    },
    spec: workload.spec.template?.spec ?? {},
    status: { phase },
  });
  return ['statefulset', 'deployment', 'job'].flatMap((kind) =>
    stored(kind).flatMap((workload) =>
      Array.from({ length: workload.spec?.replicas ?? 1 }, (_, index) =>
        kind === 'statefulset'
          ? pods(workload, `${workload.metadata.name}-${index}`, 'Running')
          : pods(
              workload,
              `${workload.metadata.name}-0stub-${index}`,
              kind === 'job' ? 'Succeeded' : 'Running',
            ),
      ),
    ),
  );
}
