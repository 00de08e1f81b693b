import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { optionsOf } from '../../src/cli/command.ts';
import { readCommandLine } from '../../src/cli/command-line/read.ts';
import { COMMANDS } from '../../src/cli/commands/index.ts';
import { MANUAL, chineseOf, readMarkdown, withoutComments } from './markdown.ts';

describe.each(MANUAL)('%s and its translation', (file) => {
  const [english, chinese] = [readMarkdown(file), readMarkdown(chineseOf(file))];

  test('have the same parts, and the same code but for its comments', () => {
    const [expected, shown] = [english, chinese].map(({ headings, blocks, tables }) => ({
      headings: headings.map(({ level }) => level),
      blocks: blocks.map((block) => ({
        language: block.language,
        mark: block.mark,
        code: withoutComments(block),
      })),
      tables: tables.map(({ rows }) => rows.map((row) => row.length)),
    }));
    expect(shown).toEqual(expected);
  });

  test('lead to each other', () => {
    const name = (document: { file: string }): string => document.file.replace(/^.*\//, '');
    expect(english.links[0]).toBe(name(chinese));
    expect(chinese.links[0]).toBe(name(english));
  });

  test('have YAML that can be parsed', () => {
    for (const { language, text } of [...english.blocks, ...chinese.blocks]) {
      if (language === 'yaml') expect(parse(text)).toBeTypeOf('object');
    }
  });

  test.each([english, chinese])('have no command line that clic does not understand: $file', (document) => {
    for (const line of commandLinesOf(document)) {
      const words = line.split(/\s+/);
      const { command } = readCommandLine(words, COMMANDS);
      if (command === null) throw new Error(`no command: clic ${line}`);
      const known = Object.entries(optionsOf(command)).flatMap(([name, { alias }]) => [
        `--${name}`,
        `--no-${name}`,
        ...(alias === undefined ? [] : [`-${alias}`]),
      ]);
      known.push(command.legacy ?? '');
      for (const word of words) if (word.startsWith('-')) expect(known, `clic ${line}`).toContain(word);
    }
  });
});

test('most of the command lines of the manual are found', () => {
  expect(MANUAL.flatMap((file) => commandLinesOf(readMarkdown(file))).length).toBeGreaterThan(30);
});

/** What follows `clic` in blocks and in backticks, up to the end of that command. */
function commandLinesOf({ blocks, inlineCode }: ReturnType<typeof readMarkdown>): string[] {
  return [...blocks.map(withoutComments), ...inlineCode].flatMap((text) =>
    [...text.matchAll(/(?<![\w/.-])clic ((?:-[a-z_]|[a-z])[^|>;&)`\n]*)/g)].map(([, line = '']) =>
      line.trim(),
    ),
  );
}
