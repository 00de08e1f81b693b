import type { V1Container, V1PodSpec } from '@kubernetes/client-node';
import { isJsonList, isJsonObject, type Json, type JsonObject } from '../../model/json.ts';
import { mergePod } from '../../model/pod-patch.ts';
import type { PodSettings } from '../../model/pod.ts';
import type { Findings } from '../findings.ts';
import { type Budget, fillPattern, isClosedPattern } from '../pattern.ts';
import type { PodLayer } from './layer.ts';
import { PatchReader } from './patch.ts';
import { fillEntries, fillTree, isClosed } from './tree.ts';

/** A layer with inputs put in. */
interface Filled {
  readonly container: JsonObject;
  readonly pod: JsonObject;
  readonly sidecars: readonly JsonObject[];
  readonly metadata: JsonObject;
  readonly patch: JsonObject | null;
}

interface Known {
  readonly settings: PodSettings | null;
  readonly characters: number;
}

const NO_INPUTS: ReadonlyMap<string, string> = new Map();

/** Makes the settings of the stages' pods: what a template says, laid over what `spec` says, with inputs put in. */
export class PodSettingsMaker {
  readonly #spec: PodLayer | null;
  readonly #patches: PatchReader;
  readonly #budget: Budget;
  /** Those of templates that leave no input open: their stages share them. */
  readonly #known = new Map<PodLayer | null, Known>();

  constructor(findings: Findings, spec: PodLayer | null, budget: Budget) {
    this.#spec = spec;
    this.#patches = new PatchReader(findings);
    this.#budget = budget;
  }

  /** null where the plan says nothing. */
  make(template: PodLayer | null, inputs: ReadonlyMap<string, string>): PodSettings | null {
    if (template === null && this.#spec === null) return null;
    const { settings, characters } = this.#known.get(template) ?? this.#make(template, inputs);
    this.#budget.spend(characters);
    return settings;
  }

  #make(template: PodLayer | null, inputs: ReadonlyMap<string, string>): Known {
    const settings = combine(this.#fill(this.#spec, NO_INPUTS), this.#fill(template, inputs));
    const known = { settings, characters: settings === null ? 0 : JSON.stringify(settings).length };
    if (template === null || isClosedLayer(template)) this.#known.set(template, known);
    return known;
  }

  #fill(layer: PodLayer | null, inputs: ReadonlyMap<string, string>): Filled {
    if (layer === null) return { container: {}, pod: {}, sidecars: [], metadata: {}, patch: null };
    const { container, pod, sidecars, metadata, patch } = layer;
    const budget = this.#budget;
    const beside = sidecars === null ? [] : fillTree(sidecars, inputs, budget);
    const words = metadata === null ? {} : fillTree(metadata, inputs, budget);
    const text = patch === null ? '' : fillPattern(patch.pattern, inputs, budget);
    return {
      container: fillEntries(container, inputs, budget),
      pod: fillEntries(pod, inputs, budget),
      sidecars: isJsonList(beside) ? beside.filter(isJsonObject) : [],
      metadata: isJsonObject(words) ? words : {},
      patch: patch === null ? null : this.#patches.read({ text, offset: patch.offset }, patch.owner),
    };
  }
}

function isClosedLayer({ container, pod, sidecars, metadata, patch }: PodLayer): boolean {
  return (
    isClosed(container) &&
    isClosed(pod) &&
    [sidecars, metadata].every((tree) => tree === null || 'value' in tree) &&
    (patch === null || isClosedPattern(patch.pattern))
  );
}

/** A template's settings over those of `spec`; null where there are none. */
function combine(below: Filled, above: Filled): PodSettings | null {
  const volumes = byName(listOf(below.pod, 'volumes'), listOf(above.pod, 'volumes'));
  const beside = above.sidecars.map((sidecar) => ({ ...sidecar, restartPolicy: 'Always' }));
  const initContainers = [...listOf(above.pod, 'initContainers'), ...beside];
  const pod = {
    ...below.pod,
    ...above.pod,
    ...(volumes.length > 0 && { volumes }),
    ...(initContainers.length > 0 && { initContainers }),
  };
  const labels = { ...textsOf(below.metadata, 'labels'), ...textsOf(above.metadata, 'labels') };
  const annotations = {
    ...textsOf(below.metadata, 'annotations'),
    ...textsOf(above.metadata, 'annotations'),
  };
  const patch =
    below.patch !== null && above.patch !== null
      ? mergePod(below.patch, above.patch, { keepNulls: true })
      : (above.patch ?? below.patch);
  const isEmpty = [above.container, pod, labels, annotations, patch ?? {}].every(
    (part) => Object.keys(part).length === 0,
  );
  if (isEmpty) return null;
  return {
    container: checked(above.container),
    pod: checked(pod),
    labels,
    annotations,
    patch: patch && checked(patch),
  };
}

/** What the table of types let pass, which was generated from these very types. */
function checked<T extends V1Container | V1PodSpec>(value: object): Partial<T> {
  return value;
}

function byName(below: readonly Json[], above: readonly Json[]): Json[] {
  const named = (list: readonly Json[]): [Json | undefined, Json][] =>
    list.map((item) => [isJsonObject(item) ? item['name'] : undefined, item]);
  return [...new Map([...named(below), ...named(above)]).values()];
}

function listOf(of: JsonObject, key: string): readonly Json[] {
  const list = of[key];
  return isJsonList(list) ? list : [];
}

function textsOf(of: JsonObject, key: string): Record<string, string> {
  const texts = of[key];
  const entries = isJsonObject(texts) ? Object.entries(texts) : [];
  return Object.fromEntries(
    entries.flatMap(([name, text]) => (typeof text === 'string' ? [[name, text]] : [])),
  );
}
