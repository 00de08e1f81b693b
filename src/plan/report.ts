import { type Diagnostic, formatDiagnostic } from '../model/diagnostic.ts';

/** Ways to print diagnostics: for people, for programs, and as annotations of a GitHub workflow. */
export type ReportFormat = 'text' | 'json' | 'github';

/** The diagnostics as text that ends with a newline; nothing for none, except that JSON is always one document. */
export function formatDiagnostics(diagnostics: readonly Diagnostic[], format: ReportFormat): string {
  switch (format) {
    case 'text':
      return lines(diagnostics.map(formatDiagnostic));
    case 'json':
      return lines([JSON.stringify({ schemaVersion: 1, diagnostics }, null, 2)]);
    case 'github':
      return lines(diagnostics.map(workflowCommand));
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
