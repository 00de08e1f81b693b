import { isCollection, isScalar } from 'yaml';
import { quote } from './findings.ts';
import { EXECUTORS, LIMITATIONS } from './executors.ts';
import { KEYS, type KeyUse, type MappingKind, STRICT_FOR_KUBERNETES } from './keys.ts';
import { type Mapping, Reader, type Value } from './reader.ts';

interface KnownKeys extends KeyUse {
  readonly set: ReadonlySet<string>;
}

const KNOWN = new Map<MappingKind, KnownKeys>();

/** The keys of a kind, split when they are first asked for. */
function knownKeys(kind: MappingKind): KnownKeys {
  const use: KeyUse = KEYS[kind];
  const known = KNOWN.get(kind) ?? { ...use, set: new Set(use.accepted.split(/\s+/)) };
  KNOWN.set(kind, known);
  return known;
}

/** Reads the mappings of a plan, and reports the keys in them that clic leaves aside, can't carry out or does not know. */
export class PlanReader extends Reader {
  /** The variables that the master passes on to stages; null where that is not known. */
  readonly passedEnv: ReadonlySet<string> | null;

  constructor(
    ...[findings, targets, passedEnv = null]: [
      ...ConstructorParameters<typeof Reader>,
      passedEnv?: ReadonlySet<string> | null,
    ]
  ) {
    super(findings, targets);
    this.passedEnv = passedEnv;
  }

  /** A mapping of a kind that the table of keys has; `what` names it in messages. */
  known(value: Value, kind: MappingKind, what: string): Mapping | null {
    const mapping = this.mapping(value, what);
    if (mapping === null) return null;
    const { set, ignored, unsupported } = knownKeys(kind);
    for (const [key, entry] of mapping.entries) {
      if (set.has(key)) {
        this.#reportLimitations(key, entry, kind, what);
        continue;
      }
      const instead = own(unsupported, key);
      const loss = own(ignored, key);
      const at = entry.keyOffset;
      if (instead === undefined && loss === undefined) {
        this.#reportUnknown(at, key, kind, what);
      } else if (isSet(entry.value)) {
        if (loss !== undefined)
          this.findings.warning(at, 'ignored-key', `${what}: ${quote(key)} is ignored`, loss);
        else this.findings.error(at, 'unsupported', `${what}: clic does not support ${quote(key)}`, instead);
      }
    }
    return mapping;
  }

  #reportUnknown(offset: number, key: string, kind: MappingKind, what: string): void {
    const hint = this.findings.suggest(key, knownKeys(kind).set);
    if (this.findings.executor === 'kubernetes' && STRICT_FOR_KUBERNETES.has(kind)) {
      this.findings.error(offset, 'unknown-key', `${what} has the unknown key ${quote(key)}`, hint);
    } else {
      this.findings.warning(offset, 'unknown-key', `${what}: the unknown key ${quote(key)} is ignored`, hint);
    }
  }

  #reportLimitations(
    key: string,
    { keyOffset, value }: { readonly keyOffset: number; readonly value: Value },
    kind: MappingKind,
    what: string,
  ): void {
    for (const executor of EXECUTORS) {
      const { ignored, unsupported } = LIMITATIONS[executor][kind] ?? {};
      const loss = own(ignored, key);
      const instead = own(unsupported, key);
      if ((loss === undefined && instead === undefined) || !isSet(value) || isEmpty(value)) continue;
      if (loss !== undefined) {
        const message = `${what}: ${quote(key)} is ignored`;
        this.findings.only(executor, 'warning', keyOffset, 'ignored-key', message, loss);
      } else {
        const message = `${what}: ${quote(key)} can't be carried out`;
        this.findings.only(executor, 'error', keyOffset, 'unsupported', message, instead);
      }
    }
  }
}

/** Plan builders also write what is not set, as null, false or an empty string. */
function isSet({ node }: Value): boolean {
  return node !== null && !(isScalar(node) && (node.value === false || node.value === ''));
}

function isEmpty({ node }: Value): boolean {
  return isCollection(node) && node.items.length === 0;
}

function own(table: Readonly<Record<string, string>> | undefined, key: string): string | undefined {
  return table !== undefined && Object.hasOwn(table, key) ? table[key] : undefined;
}
