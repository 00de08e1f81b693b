import { formatDiagnostic, PlanInvalidError } from '../model/diagnostic.ts';
import { ClicError, errorMessage } from '../model/errors.ts';
import { printableLines, safeJson } from '../model/printable.ts';

export interface ReportStyle {
  readonly json: boolean;
  readonly color: boolean;
  /** Adds stack traces. */
  readonly debug: boolean;
}

/** What is shown for an error, with its line break: one line of JSON, or a message and what to do next. */
export function renderError(error: unknown, style: ReportStyle): string {
  const known = error instanceof ClicError;
  const message = known ? error.message : `internal error: ${errorMessage(error)}`;
  const hint = known ? error.hint : 'set CLIC_DEBUG=1 to see where it happened';
  const diagnostics = error instanceof PlanInvalidError ? error.diagnostics : [];
  const trace = style.debug && error instanceof Error ? `${error.stack ?? ''}${cause(error)}\n` : '';
  if (style.json) {
    const code = known ? error.code : 'INTERNAL';
    const more = diagnostics.length > 0 ? { diagnostics } : {};
    return `${safeJson({ error: { code, message, hint: hint ?? null, ...more } })}\n${printableLines(trace)}`;
  }
  const name = style.color ? '\x1b[31mclic:\x1b[0m' : 'clic:';
  const lines = [...diagnostics.map(formatDiagnostic), ...(hint === undefined ? [] : [`hint: ${hint}`])];
  return `${name} ${printableLines([message, ...lines].join('\n'))}\n${printableLines(trace)}`;
}

function cause(error: Error): string {
  return error.cause instanceof Error ? `\ncaused by ${error.cause.stack ?? error.cause.message}` : '';
}
