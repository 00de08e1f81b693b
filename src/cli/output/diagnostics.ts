import { type Diagnostic, formatDiagnostic } from '../../model/diagnostic.ts';
import { printableLines, safeJson } from '../../model/printable.ts';
import type { LintFormat } from './lint-formats.ts';
import { SCHEMA_VERSION } from './listing.ts';

/**
 * The diagnostics as text that ends with a newline, and that can drive no terminal; nothing for none, except that JSON is
 * always one document.
 */
export function formatDiagnostics(diagnostics: readonly Diagnostic[], format: LintFormat): string {
  switch (format) {
    case 'text':
      return printableLines(lines(diagnostics.map(formatDiagnostic)));
    case 'json':
      return lines([safeJson({ schemaVersion: SCHEMA_VERSION, diagnostics }, 2)]);
    case 'github':
      return printableLines(lines(diagnostics.map(workflowCommand)));
  }
}

function lines(texts: readonly string[]): string {
  return texts.map((text) => `${text}\n`).join('');
}

function workflowCommand({ severity, rule, message, file, line, column, hint }: Diagnostic): string {
  const properties = Object.entries({ file, line, col: column, title: rule })
    .map(
      ([name, value]) => `${name}=${escapeData(String(value)).replaceAll(':', '%3A').replaceAll(',', '%2C')}`,
    )
    .join(',');
  return `::${severity} ${properties}::${escapeData(hint === undefined ? message : `${message}; ${hint}`)}`;
}

function escapeData(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}
