import { describe, expect, it } from 'vitest';
import type { Diagnostic } from '../../../src/model/diagnostic.ts';
import { formatDiagnostics } from '../../../src/cli/output/diagnostics.ts';
import { LINT_FORMATS } from '../../../src/cli/output/lint-formats.ts';

const FOUND: Diagnostic[] = [
  {
    severity: 'error',
    rule: 'cycle',
    message: '100% bad: a -> b\nreally',
    file: 'my,plans/C:plan.yaml',
    line: 3,
    column: 7,
    hint: 'cut it',
  },
  { severity: 'warning', rule: 'unknown-key', message: 'x', file: 'p.yaml', line: 1, column: 1 },
];

describe('diagnostics are printed', () => {
  it('as text, one line each', () => {
    expect(formatDiagnostics(FOUND.slice(1), 'text')).toBe('p.yaml:1:1: warning: x [unknown-key]\n');
    expect(formatDiagnostics([], 'text')).toBe('');
  });
  it('as one JSON document', () => {
    expect(JSON.parse(formatDiagnostics(FOUND, 'json'))).toEqual({ schemaVersion: 1, diagnostics: FOUND });
    expect(JSON.parse(formatDiagnostics([], 'json'))).toEqual({ schemaVersion: 1, diagnostics: [] });
  });
  it('as commands of a GitHub workflow, escaped', () => {
    expect(formatDiagnostics(FOUND, 'github')).toBe(
      '::error file=my%2Cplans/C%3Aplan.yaml,line=3,col=7,title=cycle::100%25 bad: a -> b%0Areally; cut it\n' +
        '::warning file=p.yaml,line=1,col=1,title=unknown-key::x\n',
    );
  });
  it('in every format without a character that could drive a terminal', () => {
    const evil = { ...FOUND[1]!, message: '\u001b[2J\u009b1m\u202e', file: 'a\u0085b.yaml' };
    for (const format of LINT_FORMATS) {
      const text = formatDiagnostics([evil], format);
      expect(text).not.toMatch(/[\0-\x09\x0b-\x1f\x7f-\x9f\u202e]/);
      if (format === 'json') expect(JSON.parse(text)).toMatchObject({ diagnostics: [evil] });
    }
  });
});
