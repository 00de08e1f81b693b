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
  const trace = style.debug && error instanceof Error ? `${traces(error).join('\ncaused by ')}\n` : '';
  if (style.json) {
    const code = known ? error.code : 'INTERNAL';
    const more = diagnostics.length > 0 ? { diagnostics } : {};
    return `${safeJson({ error: { code, message, hint: hint ?? null, ...more } })}\n${printableLines(trace)}`;
  }
  const name = style.color ? '\x1b[31mclic:\x1b[0m' : 'clic:';
  const lines = [...diagnostics.map(formatDiagnostic), ...(hint === undefined ? [] : [`hint: ${hint}`])];
  return `${name} ${printableLines([message, ...lines].join('\n'))}\n${printableLines(trace)}`;
}

/** Causes that are told of; a chain that leads back to itself ends here, too. */
const CAUSES = 5;

/** The traces of an error and of what caused it. The classes of the built program have no names: their codes stand for them. */
function traces(error: Error): string[] {
  const found: string[] = [];
  for (let one: unknown = error; one instanceof Error && found.length <= CAUSES; one = one.cause) {
    const { stack = one.message, name } = one;
    const code = one instanceof ClicError && stack.startsWith(`${name}:`) ? one.code : null;
    found.push(code === null ? stack : code + stack.slice(name.length));
  }
  return found;
}
