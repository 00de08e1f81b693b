import { isKubernetesName } from '../../model/names.ts';

/** A value without parts, or what it should have been. */
export type Leaf = { readonly value: string | number | boolean } | { readonly expected: string };

const SUBDOMAIN = /^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*$/;
const LABEL_VALUE = /^(?:[a-z0-9](?:[-\w.]{0,61}[a-z0-9])?)?$/i;
/** As `resource.Quantity` of Kubernetes reads it. */
const QUANTITY = /^[-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:[KMGTPE]i|[numkMGTPE]|[eE][-+]?\d+)?$/;
const DECIMAL = /^[-+]?(?:0|[1-9]\d*)$/;
/** `0644` is octal for Kubernetes, whose YAML is 1.1; YAML 1.2 writes `0o644`. */
const OCTAL = /^0o?([0-7]+)$/;

/**
 * Reads a scalar as a leaf of the table of types. `isText` is true for one that the document has as a string: it is no number and
 * no boolean. What is a number there is taken for a string as it is written, as everywhere in a plan.
 */
export function readLeaf(type: string, text: string, isText: boolean): Leaf {
  const words = type.includes('|') ? type.split('|') : null;
  if (words !== null) return words.includes(text) ? { value: text } : { expected: oneOf(words) };
  if (text.includes('\0')) return { expected: 'free of NUL characters' };
  const number = isText ? null : readInteger(text);
  switch (type) {
    case 'integer':
      return number === null ? { expected: 'a whole number' } : { value: number };
    case 'boolean': {
      const flag = text.toLowerCase();
      const isFlag = !isText && (flag === 'true' || flag === 'false');
      return isFlag ? { value: flag === 'true' } : { expected: 'true or false' };
    }
    case 'IntOrString':
      return { value: number ?? text };
    case 'Quantity':
      return QUANTITY.test(text) ? { value: text } : { expected: 'a quantity, such as 500m or 1Gi' };
    case 'Label':
      return isKubernetesName(text) ? { value: text } : { expected: `a name of ${LABEL_RULE}` };
    case 'Subdomain':
      return text.length <= 253 && SUBDOMAIN.test(text)
        ? { value: text }
        : { expected: "a name of a-z, 0-9, '-' and '.'" };
    case 'LabelValue':
      return LABEL_VALUE.test(text)
        ? { value: text }
        : {
            expected:
              "at most 63 letters, digits, '-', '_' and '.', and begin and end with a letter or digit",
          };
    default:
      return { value: text };
  }
}

const LABEL_RULE = "a-z, 0-9 and '-', at most 63 of them";

/** True for what can be a key of labels, annotations, node selectors and resources: `[<domain>/]<name>`. */
export function isQualifiedName(key: string): boolean {
  const slash = key.indexOf('/');
  const domain = key.slice(0, Math.max(0, slash));
  const name = key.slice(slash + 1);
  return (
    name !== '' &&
    LABEL_VALUE.test(name) &&
    (slash === -1 || (domain.length <= 253 && SUBDOMAIN.test(domain)))
  );
}

/** A whole number that is exact; null for any other text. */
function readInteger(text: string): number | null {
  const octal = OCTAL.exec(text)?.[1];
  const value = octal !== undefined ? parseInt(octal, 8) : DECIMAL.test(text) ? Number(text) : NaN;
  return Number.isSafeInteger(value) ? value : null;
}

function oneOf(words: readonly string[]): string {
  return `${words.slice(0, -1).join(', ')} or ${words.at(-1) ?? ''}`;
}
