import { type Alias, type CST, Composer, type Document, Lexer, LineCounter, type Node, Parser } from 'yaml';
import type { Findings } from './findings.ts';
import { inspect } from './inspect.ts';

/** Syntax errors that are listed: what follows the first ones is mostly their echo. */
const ERRORS_MAX = 10;
/** Collections that may be open at once while reading, the document and a scalar among them. */
const OPEN_MAX = 200;
/**
 * Words, marks, blanks and line ends that a text may have: reading one takes a few microseconds, and more than one of
 * them keeps everything else waiting. A plan of ten thousand tasks has half as many.
 */
const LEXEMES_MAX = 800_000;

/** Lines and columns, from 1, of the offsets of a text, whose lines are looked for when the first one is asked for. */
export function positionsIn(text: string): (offset: number) => { line: number; col: number } {
  let lines: LineCounter | undefined;
  return (offset) => (lines ??= linesOf(text)).linePos(offset);
}

function linesOf(text: string): LineCounter {
  const lines = new LineCounter();
  lines.addNewLine(0);
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) lines.addNewLine(at + 1);
  return lines;
}

/** A YAML document that is safe to read: its root, and what its aliases stand for. */
export interface OpenDocument {
  readonly root: Node | null;
  readonly targets: ReadonlyMap<Alias, Node>;
}

/** Parses and inspects a text; null where anything is wrong with it as YAML: the findings say what. */
export function openDocument(text: string, findings: Findings): OpenDocument | null {
  const document = parseYaml(text, findings);
  if (document === null) return null;
  const targets = inspect(document, findings);
  return findings.errors === 0 ? { root: document.contents, targets } : null;
}

/** The text as one YAML document, or null where it is not: the findings say why. */
function parseYaml(text: string, findings: Findings): Document.Parsed | null {
  const tokens = tokensOf(text, findings);
  if (tokens === null) return null;
  // Duplicate keys are found by `inspect`: here, finding them takes time quadratic in a mapping's size.
  const composer = new Composer({ prettyErrors: false, uniqueKeys: false });
  const [document, second] = withoutStackTraces(() => [...composer.compose(tokens, true, text.length)]);
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
 * Each error of a document is an Error that is collected: their stack traces, which nobody sees, would take most of the
 * time and memory of reading a text that is full of them.
 */
function withoutStackTraces<T>(work: () => T): T {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = 0;
  try {
    return work();
  } finally {
    Error.stackTraceLimit = limit;
  }
}

/**
 * The collections and scalars of the text up to the last error that is listed, or null where they are nested too
 * deeply, or too many. Composing a document recurses, and a
 * process that runs out of stack within a regular expression is killed: that must not be left to a file.
 */
function tokensOf(text: string, findings: Findings): CST.Token[] | null {
  const parser = new Parser();
  const tokens: CST.Token[] = [];
  let lexemes = 0;
  let errors = 0;
  for (const lexeme of new Lexer().lex(text)) {
    for (const token of parser.next(lexeme)) {
      tokens.push(token);
      if (token.type === 'error') errors += 1;
    }
    if (errors >= ERRORS_MAX) break;
    lexemes += 1;
    if (lexemes > LEXEMES_MAX) {
      const message = `the file has more than ${LEXEMES_MAX} words, marks and line ends`;
      findings.error(parser.offset, 'too-large', message, 'split the plan');
      return null;
    }
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
