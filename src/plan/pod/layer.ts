import { isScalar } from 'yaml';
import { Budget, type Pattern, Scope } from '../pattern.ts';
import type { PlanReader } from '../plan-reader.ts';
import type { Mapping, Value } from '../reader.ts';
import { listTree, type Tree, type TreeEntry } from './tree.ts';
import { TypedReader } from './typed.ts';
import { fieldsOf, type PodType } from './types.ts';

/** What one part of a plan says of pods: `spec`, or a template with its container. */
export interface PodLayer {
  readonly container: readonly TreeEntry[];
  readonly pod: readonly TreeEntry[];
  /** Containers that run beside the stage. */
  readonly sidecars: Tree | null;
  /** Labels and annotations. */
  readonly metadata: Tree | null;
  readonly patch: PodPatchText | null;
}

interface PodPatchText {
  readonly pattern: Pattern;
  readonly offset: number;
  readonly owner: string;
}

/** A template, and its container. */
interface TemplateParts {
  readonly template: Mapping;
  readonly container: Mapping;
  /** The items of the container's `env` that are no literals. */
  readonly references: readonly Value[];
  readonly inputs: ReadonlySet<string>;
  /** What it is called in messages. */
  readonly owner: string;
}

/** Values that are read of one plan's settings. */
const VALUES_MAX = 4 * 1024 * 1024;
const METADATA: PodType = { of: 'one', name: 'Metadata' };
const CONTAINERS: PodType = { of: 'list', name: 'Container' };
const VARIABLE: PodType = { of: 'one', name: 'EnvVar' };
/** What is read as the stage's own: its image and command, and the variables, whose literals are its own too. */
const READ_ELSEWHERE = new Set(['name', 'image', 'command', 'args', 'env']);
/** Keys of `spec` and of templates that are fields of the pod by the same name; keys.ts has which of them may stand where. */
const POD_KEYS = `affinity automountServiceAccountToken dnsConfig dnsPolicy hostAliases hostNetwork imagePullSecrets
  initContainers nodeSelector priority priorityClassName schedulerName securityContext serviceAccountName tolerations volumes`;
/** The field of the pod that each key stands for; Argo gives two of them another name. */
const PARTS: ReadonlyMap<string, string> = new Map([
  ...POD_KEYS.split(/\s+/).map((key) => [key, key] as const),
  ['podPriority', 'priority'],
  ['podPriorityClassName', 'priorityClassName'],
]);

/** Reads what the parts of one plan say of pods. What is wrong with it matters to Kubernetes alone. */
export class LayerReader {
  readonly #reader: PlanReader;
  readonly #workflowValues: ReadonlyMap<string, string>;
  readonly #effort = new Budget(VALUES_MAX);

  constructor(reader: PlanReader, workflowValues: ReadonlyMap<string, string>) {
    this.#reader = reader;
    this.#workflowValues = workflowValues;
  }

  /** What `spec` says of the pods of all stages; null where that is nothing. */
  spec(spec: Mapping): PodLayer | null {
    return this.#layer(spec, 'podMetadata', new Set(), 'spec', () => []);
  }

  /** What a template says, with its container; null where that is nothing. */
  template({ template, container, references, inputs, owner }: TemplateParts): PodLayer | null {
    return this.#layer(template, 'metadata', inputs, owner, (typed) =>
      containerEntries(typed, container, references, `the container of ${owner}`),
    );
  }

  #layer(
    mapping: Mapping,
    metadataKey: string,
    inputs: ReadonlySet<string>,
    owner: string,
    readContainer: (typed: TypedReader) => TreeEntry[],
  ): PodLayer | null {
    const { findings } = this.#reader;
    const scope = new Scope(findings, this.#workflowValues, inputs, 'kubernetes');
    const typed = new TypedReader({
      reader: this.#reader,
      scope,
      isPatch: false,
      effort: this.#effort,
      report: (...finding) => findings.only('kubernetes', 'error', ...finding),
    });
    const wasExhausted = this.#effort.exhausted;
    const read = (key: string, type: PodType | undefined): Tree | null => {
      const value = this.#reader.get(mapping, key);
      return type !== undefined && isSaid(value) ? typed.read(value, type, { path: key, owner }) : null;
    };
    const pod = [...mapping.entries.keys()].flatMap((key): TreeEntry[] => {
      const field = PARTS.get(key);
      const tree = field === undefined ? null : read(key, fieldsOf('PodSpec')?.get(field));
      return field === undefined || tree === null ? [] : [[field, tree]];
    });
    const layer = {
      container: readContainer(typed),
      pod,
      sidecars: read('sidecars', CONTAINERS),
      metadata: read(metadataKey, METADATA),
      patch: this.#patch(mapping, scope, owner),
    };
    if (this.#effort.exhausted && !wasExhausted) {
      findings.error(
        mapping.offset,
        'too-large',
        `the pod settings up to those of ${owner} have too many values`,
      );
    }
    const { container, sidecars, metadata, patch } = layer;
    const isEmpty = container.length === 0 && pod.length === 0;
    return isEmpty && sidecars === null && metadata === null && patch === null ? null : layer;
  }

  #patch(mapping: Mapping, scope: Scope, owner: string): PodPatchText | null {
    const value = this.#reader.get(mapping, 'podSpecPatch');
    if (!isSaid(value)) return null;
    const text = this.#reader.text(value, `podSpecPatch of ${owner}`);
    return text && { pattern: scope.compile(text), offset: text.offset, owner };
  }
}

function containerEntries(
  typed: TypedReader,
  container: Mapping,
  references: readonly Value[],
  owner: string,
): TreeEntry[] {
  const entries = [...container.entries].flatMap(([key, { value }]): TreeEntry[] => {
    if (READ_ELSEWHERE.has(key) || !isSaid(value)) return [];
    const type = fieldsOf('Container')?.get(key);
    const tree = type === undefined ? null : typed.read(value, type, { path: key, owner });
    return tree === null ? [] : [[key, tree]];
  });
  if (references.length === 0) return entries;
  const variables = references.flatMap((item) => typed.read(item, VARIABLE, { path: 'env', owner }) ?? []);
  return [...entries, ['env', listTree(variables)]];
}

/** Plan builders also write what is not set: as null, an empty string or collection. */
function isSaid({ node }: Value): boolean {
  if (isScalar(node)) return node.value !== '';
  return node !== null && node.items.length > 0;
}
