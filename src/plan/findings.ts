import type { Diagnostic } from '../model/diagnostic.ts';
import { printable } from '../model/printable.ts';
import type { ExecutorName } from './executors.ts';
import { Effort, nearest } from './suggest.ts';

/** The name of each rule, as it stands in a diagnostic. Names are kept: scripts may filter by them. */
export type Rule =
  // The file as YAML.
  | 'yaml-syntax'
  | 'yaml-tag'
  | 'multiple-documents'
  | 'duplicate-key'
  | 'too-deep'
  | 'alias-expansion'
  // Its shape.
  | 'wrong-type'
  | 'invalid-text'
  | 'missing-spec'
  | 'missing-templates'
  | 'missing-dag'
  | 'missing-tasks'
  | 'missing-name'
  | 'missing-template'
  | 'missing-container'
  | 'unknown-key'
  | 'ignored-key'
  | 'unsupported'
  // What the names in it refer to.
  | 'duplicate-name'
  | 'unknown-template'
  | 'unused-template'
  | 'template-name'
  | 'task-name'
  | 'stage-id'
  | 'unknown-dependency'
  | 'self-dependency'
  | 'duplicate-dependency'
  | 'cycle'
  | 'unknown-parameter'
  | 'missing-parameter'
  | 'unused-argument'
  // What the stages run.
  | 'missing-image'
  | 'missing-command'
  | 'invalid-env'
  | 'missing-field'
  | 'invalid-name'
  | 'invalid-patch'
  | 'value-from'
  | 'java-master'
  | 'missing-dag-file'
  | 'unreadable-dag-file'
  | 'relative-dag-path'
  | 'unchecked-dag-file'
  | 'missing-operators'
  | 'too-large'
  | 'more-findings';

const QUOTED_MAX = 80;
/** Findings of one severity that are listed one by one; any beyond these are counted. */
const LISTED = 1000;

type Severity = Diagnostic['severity'];

/** The findings about one file, collected while it is read. Offsets are those of its text. */
export class Findings {
  readonly file: string;
  readonly #position: (offset: number) => { line: number; col: number };
  readonly #found: Record<Severity, Diagnostic[]> = { error: [], warning: [] };
  readonly #effort = new Effort();
  readonly #count: Record<Severity, number> = { error: 0, warning: 0 };

  /** What will run it; null: the process executor or Kubernetes, nobody knows. */
  readonly executor: ExecutorName | null;
  #isForProcesses = true;

  constructor(
    file: string,
    position: (offset: number) => { line: number; col: number },
    executor: ExecutorName | null = null,
  ) {
    this.file = file;
    this.executor = executor;
    this.#position = position;
  }

  error(offset: number, rule: Rule, message: string, hint?: string): void {
    this.#add('error', offset, rule, message, hint);
  }

  warning(offset: number, rule: Rule, message: string, hint?: string): void {
    this.#add('warning', offset, rule, message, hint);
  }

  /**
   * A finding that holds for one executor alone. Where nobody knows what will run the plan, it is a warning that names
   * the executor, except that the Java master has to be asked for.
   */
  only(
    executor: ExecutorName,
    severity: Severity,
    ...[offset, rule, message, hint]: Parameters<Findings['error']>
  ): void {
    if (executor === 'process' && severity === 'error') this.#isForProcesses = false;
    if (this.executor === executor) this.#add(severity, offset, rule, message, hint);
    else if (this.executor === null && executor !== 'java-master') {
      this.#add('warning', offset, rule, `${message} (${executor} executor)`, hint);
    }
  }

  /** False when an error keeps its executor from running the plan as it says; processes, where it is not known. */
  get isRunnable(): boolean {
    return this.errors === 0 && (this.executor !== null || this.#isForProcesses);
  }

  /** A hint for a name that is probably misspelt, as long as looking for them takes no time that matters. */
  suggest(name: string, candidates: Iterable<string>): string | undefined {
    const near = nearest(name, candidates, this.#effort);
    return near === undefined ? undefined : `did you mean ${quote(near)}?`;
  }

  get errors(): number {
    return this.#count.error;
  }

  /** All of them, by line and column. */
  list(): Diagnostic[] {
    return (['error', 'warning'] as const)
      .flatMap((severity) => [...this.#found[severity], ...this.#unlisted(severity)])
      .sort((a, b) => a.line - b.line || a.column - b.column);
  }

  #add(severity: Severity, offset: number, rule: Rule, message: string, hint: string | undefined): void {
    this.#count[severity] += 1;
    if (this.#count[severity] > LISTED) return;
    const { line, col } = this.#position(offset);
    this.#found[severity].push({
      severity,
      rule,
      message: printable(message),
      file: this.file,
      line,
      column: col,
      ...(hint === undefined ? {} : { hint: printable(hint) }),
    });
  }

  #unlisted(severity: Severity): Diagnostic[] {
    const rest = this.#count[severity] - LISTED;
    const last = this.#found[severity].at(-1);
    if (rest <= 0 || last === undefined) return [];
    const message = `${rest} more ${severity}${rest === 1 ? '' : 's'} in this file`;
    return [{ ...last, rule: 'more-findings', message }];
  }
}

/** A name or value out of a file, in double quotes, cut where it is far too long for a message. */
export function quote(text: string): string {
  return `"${text.length > QUOTED_MAX ? `${text.slice(0, QUOTED_MAX)}…` : text}"`;
}
