import type { ExecutorName } from './executors.ts';
import { type Findings, quote } from './findings.ts';
import type { Text } from './reader.ts';

/** Characters and entries that the stages of a plan may come to: far more than a real plan has. */
const LIMIT = 16 * 1024 * 1024;
/** Rough cost of an entry beside its characters. */
const ENTRY = 16;

/** A text whose references to the inputs of its template are still open. */
export type Pattern = readonly (string | { readonly input: string })[];

/** True where nothing refers to an input. */
export function isClosedPattern(pattern: Pattern): pattern is readonly string[] {
  return pattern.every((part) => typeof part === 'string');
}

const INPUT = 'inputs.parameters.';

/** What `{{…}}` can refer to in one part of a plan: values that are known, and inputs that each task supplies. */
export class Scope {
  readonly #findings: Findings;
  readonly #values: ReadonlyMap<string, string>;
  readonly #inputs: ReadonlySet<string>;
  readonly #executor: ExecutorName | null;

  /**
   * `values` by full reference (`workflow.parameters.a`), `inputs` by name. With `executor`, what nothing supplies matters to
   * that one alone.
   */
  constructor(
    findings: Findings,
    values: ReadonlyMap<string, string>,
    inputs: ReadonlySet<string> = new Set(),
    executor: ExecutorName | null = null,
  ) {
    this.#findings = findings;
    this.#values = values;
    this.#inputs = inputs;
    this.#executor = executor;
  }

  /** Splits a text at its references. One that nothing supplies is reported, and becomes nothing. */
  compile({ text, offset }: Text): Pattern {
    const parts: (string | { input: string })[] = [];
    let done = 0;
    for (;;) {
      const open = text.indexOf('{{', done);
      const close = open === -1 ? -1 : text.indexOf('}}', open);
      if (close === -1) break;
      parts.push(text.slice(done, open), this.#resolve(text.slice(open + 2, close).trim(), offset));
      done = close + 2;
    }
    return [...parts, text.slice(done)];
  }

  /** The text with every reference replaced, in a scope without open inputs. */
  fill(text: Text, budget: Budget): string {
    return fillPattern(this.compile(text), new Map(), budget);
  }

  #resolve(reference: string, offset: number): string | { input: string } {
    const value = this.#values.get(reference);
    if (value !== undefined) return value;
    if (reference.startsWith(INPUT) && this.#inputs.has(reference.slice(INPUT.length))) {
      return { input: reference.slice(INPUT.length) };
    }
    const message = `nothing supplies ${quote(`{{${reference}}}`)} here`;
    const hint = this.#findings.suggest(reference, this.#references());
    if (this.#executor === null) this.#findings.error(offset, 'unknown-parameter', message, hint);
    else this.#findings.only(this.#executor, 'error', offset, 'unknown-parameter', message, hint);
    return '';
  }

  *#references(): Generator<string> {
    yield* this.#values.keys();
    for (const name of this.#inputs) yield INPUT + name;
  }
}

/** The pattern with its inputs filled in; an input without a value, or anything beyond the budget, leaves nothing. */
export function fillPattern(pattern: Pattern, inputs: ReadonlyMap<string, string>, budget: Budget): string {
  const parts = pattern.map((part) => (typeof part === 'string' ? part : (inputs.get(part.input) ?? '')));
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  return budget.spend(length) ? parts.join('') : '';
}

/**
 * Bounds what a small plan can grow to: each task repeats its template, and each reference the value that it stands
 * for. Once it is exhausted, everything that asks is refused.
 */
export class Budget {
  #left: number;

  constructor(limit = LIMIT) {
    this.#left = limit;
  }

  /** False when this many characters are too many. */
  spend(characters: number): boolean {
    if (!this.exhausted) this.#left -= characters + ENTRY;
    return !this.exhausted;
  }

  get exhausted(): boolean {
    return this.#left < 0;
  }
}
