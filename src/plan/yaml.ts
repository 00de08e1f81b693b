import { type CST, Composer, type Document, Lexer, LineCounter, Parser } from 'yaml';
import type { Findings } from './findings.ts';

/** Syntax errors that are listed: what follows the first ones is mostly their echo. */
const ERRORS_MAX = 10;
/** Collections that may be open at once while reading, the document and a scalar among them. */
const OPEN_MAX = 200;

/** Lines and columns, from 1, of the offsets of a text. */
export function positionsIn(text: string): (offset: number) => { line: number; col: number } {
  const lines = new LineCounter();
  lines.addNewLine(0);
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) lines.addNewLine(at + 1);
  return lines.linePos;
}

/** The text as one YAML document, or null where it is not: the findings say why. */
export function parseYaml(text: string, findings: Findings): Document.Parsed | null {
  const tokens = tokensOf(text, findings);
  if (tokens === null) return null;
  // Duplicate keys are found by `inspect`: here, finding them takes time quadratic in a mapping's size.
  const composer = new Composer({ prettyErrors: false, uniqueKeys: false });
  const [document, second] = composer.compose(tokens, true, text.length);
  if (document === undefined) return null;
  for (const { code, message, pos } of document.errors.slice(0, ERRORS_MAX)) {
    findings.error(pos[0], 'yaml-syntax', message, hintFor(code, message));
  }
  for (const { code, message, pos } of document.warnings) {
    findings.warning(pos[0], code === 'TAG_RESOLVE_FAILED' ? 'yaml-tag' : 'yaml-syntax', message);
  }
  if (second !== undefined) {
    const message = 'the file holds more than one YAML document';
    findings.error(second.range[0], 'multiple-documents', message, 'keep one plan a file');
  }
  return findings.errors === 0 ? document : null;
}

/**
 * The collections and scalars of the text, or null where they are nested too deeply. Composing a document recurses, and a
 * process that runs out of stack within a regular expression is killed: that must not be left to a file.
 */
function tokensOf(text: string, findings: Findings): CST.Token[] | null {
  const parser = new Parser();
  const tokens: CST.Token[] = [];
  for (const lexeme of new Lexer().lex(text)) {
    for (const token of parser.next(lexeme)) tokens.push(token);
    if (parser.stack.length <= OPEN_MAX) continue;
    findings.error(parser.offset, 'too-deep', 'collections are nested too deeply');
    return null;
  }
  for (const token of parser.end()) tokens.push(token);
  return tokens;
}

function hintFor(code: string, message: string): string | undefined {
  if (code === 'TAB_AS_INDENT') return 'indent with spaces';
  if (code === 'BLOCK_AS_IMPLICIT_KEY' || message.startsWith('Nested mappings')) {
    return "quote a value that contains ': '";
  }
  return undefined;
}
