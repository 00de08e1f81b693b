import { ClicError } from './errors.ts';

/** One finding about a plan, with the place in its file. Lines and columns count from 1. */
export interface Diagnostic {
  readonly severity: 'error' | 'warning';
  /** Stable name of the rule, in kebab case: `unknown-template`, `cycle`… */
  readonly rule: string;
  readonly message: string;
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly hint?: string;
}

/** `file:line:column: severity: message [rule]`, as compilers print it. */
export function formatDiagnostic(diagnostic: Diagnostic): string {
  const { file, line, column, severity, message, rule, hint } = diagnostic;
  return `${file}:${line}:${column}: ${severity}: ${message} [${rule}]${hint === undefined ? '' : `; ${hint}`}`;
}

/** The plan can't be run. Nothing was sent, or the master refused it before it stored anything. */
export class PlanInvalidError extends ClicError {
  readonly code = 'PLAN_INVALID';
  /** Empty where the diagnosis came as text from the master. */
  readonly diagnostics: readonly Diagnostic[];

  constructor(
    message: string,
    diagnostics: readonly Diagnostic[] = [],
    options: { hint?: string | undefined; cause?: unknown } = {},
  ) {
    super(message, options);
    this.diagnostics = diagnostics;
  }
}
