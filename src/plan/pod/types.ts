import { POD_TYPES } from './types.gen.ts';

/** The type of a value: one of a type, a list of them, or a mapping to them. */
export interface PodType {
  readonly of: 'one' | 'list' | 'map';
  /** A type that has fields, or a leaf: see leaf.ts. */
  readonly name: string;
}

interface PodField extends PodType {
  readonly isRequired: boolean;
}

/** What Argo has beside Kubernetes: labels and annotations of the pod, and nothing else. */
const METADATA = 'annotations:{Annotation labels:{LabelValue';

const READ = new Map<string, ReadonlyMap<string, PodField>>();

/** The fields of a type, read from the table when they are first asked for; null for a leaf. */
export function fieldsOf(type: string): ReadonlyMap<string, PodField> | null {
  const known = READ.get(type);
  if (known !== undefined) return known;
  const row = type === 'Metadata' ? METADATA : Object.hasOwn(POD_TYPES, type) ? POD_TYPES[type] : undefined;
  if (row === undefined) return null;
  const fields = new Map(row.split(' ').map(readField));
  READ.set(type, fields);
  return fields;
}

function readField(field: string): [string, PodField] {
  const [label = '', type = ''] = field.split(':');
  const isRequired = label.endsWith('!');
  const of = type.startsWith('[') ? 'list' : type.startsWith('{') ? 'map' : 'one';
  return [
    isRequired ? label.slice(0, -1) : label,
    { of, name: of === 'one' ? type : type.slice(1), isRequired },
  ];
}
