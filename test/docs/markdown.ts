import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of this package. */
export const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** What a user of the two programs reads, in English. The runbook is for operators of the whole environment. */
export const MANUAL: readonly string[] = [
  'README.md',
  ...readdirSync(path.join(ROOT, 'docs'))
    .filter((name) => name.endsWith('.md') && !name.endsWith('.zh-CN.md') && name !== 'operations.md')
    .map((name) => `docs/${name}`),
];

/** The translation of a document. */
export const chineseOf = (file: string): string => file.replace(/\.md$/, '.zh-CN.md');

/** A fenced block, and the HTML comment above it: `run`, `output`, `file <name>`. */
export interface CodeBlock {
  readonly language: string;
  readonly mark: string | null;
  readonly text: string;
  /** Of its opening fence, from 1. */
  readonly line: number;
}

interface Heading {
  readonly level: number;
  readonly text: string;
}

/** Cells without their backticks. The header is not among the rows. */
export interface MarkdownTable {
  readonly rows: readonly (readonly string[])[];
}

export interface MarkdownDocument {
  readonly file: string;
  readonly headings: readonly Heading[];
  readonly blocks: readonly CodeBlock[];
  readonly tables: readonly MarkdownTable[];
  /** Texts in backticks outside of blocks. */
  readonly inlineCode: readonly string[];
  /** Targets of links, as they are written. */
  readonly links: readonly string[];
}

/** Reads as much of Markdown as our documents use. */
export function readMarkdown(file: string): MarkdownDocument {
  const blocks: CodeBlock[] = [];
  const prose: string[] = [];
  const lines = readFileSync(path.join(ROOT, file), 'utf8').split('\n');
  let mark: string | null = null;
  for (let i = 0; i < lines.length; i += 1) {
    const line = lines[i] ?? '';
    const fence = /^```(\w*)$/.exec(line);
    if (fence !== null) {
      const end = lines.indexOf('```', i + 1);
      if (end === -1) throw new Error(`${file}:${i + 1}: the block has no end`);
      const text = lines.slice(i + 1, end).join('\n');
      blocks.push({ language: fence[1] ?? '', mark, text: `${text}\n`, line: i + 1 });
      i = end;
      mark = null;
      continue;
    }
    const comment = /^<!-- (.*) -->$/.exec(line);
    if (comment !== null) mark = comment[1] ?? null;
    else if (line !== '') mark = null;
    prose.push(line);
  }
  const text = prose.join('\n');
  return {
    file,
    headings: prose.flatMap((line) => {
      const [, marks, heading] = /^(#+) (.*)$/.exec(line) ?? [];
      return marks === undefined || heading === undefined ? [] : [{ level: marks.length, text: heading }];
    }),
    blocks,
    tables: tablesOf(prose),
    inlineCode: [...text.matchAll(/`([^`\n]+)`/g)].map(([, code = '']) => code),
    links: [...text.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => target),
  };
}

/** The one table whose first cell is that text. */
export function tableOf({ tables, file }: MarkdownDocument, firstCell: string): MarkdownTable {
  const found = tables.filter(({ rows }) => rows[0]?.[0] === firstCell);
  const [table] = found;
  if (table === undefined || found.length > 1) {
    throw new Error(`${file} has ${found.length} tables that begin with ${firstCell}`);
  }
  return table;
}

/** The text of a block without the comments that its language allows, which each document has in its own words. */
export function withoutComments({ language, text }: CodeBlock): string {
  if (language !== 'sh' && language !== 'yaml') return text;
  return text
    .split('\n')
    .filter((line) => !/^\s*#/.test(line))
    .map((line) => line.replace(/\s#.*$/, '').trimEnd())
    .join('\n');
}

function tablesOf(lines: readonly string[]): MarkdownTable[] {
  const tables: MarkdownTable[] = [];
  for (let i = 1; i < lines.length; i += 1) {
    if (!/^\|(?:-+\|)+$/.test(lines[i] ?? '')) continue;
    const end = lines.findIndex((line, at) => at > i && !line.startsWith('|'));
    const rows = lines.slice(i + 1, end === -1 ? undefined : end).map(cellsOf);
    tables.push({ rows });
  }
  return tables;
}

function cellsOf(line: string): string[] {
  return line
    .split(/(?<!\\)\|/)
    .slice(1, -1)
    .map((cell) => cell.trim().replaceAll('`', '').replaceAll('\\|', '|'));
}
