import { isScalar } from 'yaml';
import { KEYS, type KeyUse, type MappingKind } from './keys.ts';
import { type Mapping, Reader, type Value } from './reader.ts';
import { quote } from './text.ts';

interface KnownKeys extends KeyUse {
  readonly set: ReadonlySet<string>;
}

/** Reads the mappings of a plan, and reports the keys in them that clic leaves aside, can't carry out or does not know. */
export class PlanReader extends Reader {
  readonly #known = new Map<MappingKind, KnownKeys>();

  /** A mapping of a kind that the table of keys has; `what` names it in messages. */
  known(value: Value, kind: MappingKind, what: string): Mapping | null {
    const mapping = this.mapping(value, what);
    if (mapping === null) return null;
    const { set, ignored, unsupported } = this.#keysOf(kind);
    for (const [key, entry] of mapping.entries) {
      if (set.has(key)) continue;
      const instead = own(unsupported, key);
      const loss = own(ignored, key);
      const at = entry.keyOffset;
      if (instead === undefined && loss === undefined) {
        this.findings.warning(
          at,
          'unknown-key',
          `${what}: the unknown key ${quote(key)} is ignored`,
          this.findings.suggest(key, set),
        );
      } else if (isSet(entry.value)) {
        if (loss !== undefined)
          this.findings.warning(at, 'ignored-key', `${what}: ${quote(key)} is ignored`, loss);
        else this.findings.error(at, 'unsupported', `${what}: clic does not support ${quote(key)}`, instead);
      }
    }
    return mapping;
  }

  #keysOf(kind: MappingKind): KnownKeys {
    const known = this.#known.get(kind);
    if (known !== undefined) return known;
    const use: KeyUse = KEYS[kind];
    const set = new Set(use.fine.split(/\s+/));
    const made = { ...use, set };
    this.#known.set(kind, made);
    return made;
  }
}

/** Plan builders also write what is not set, as null, false or an empty string. */
function isSet({ node }: Value): boolean {
  return node !== null && !(isScalar(node) && (node.value === false || node.value === ''));
}

function own(table: Readonly<Record<string, string>> | undefined, key: string): string | undefined {
  return table !== undefined && Object.hasOwn(table, key) ? table[key] : undefined;
}
