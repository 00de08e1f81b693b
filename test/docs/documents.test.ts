import { existsSync, readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import packageJson from '../../package.json';
import { MANUAL, ROOT, chineseOf, readMarkdown, tableOf, type MarkdownDocument } from './markdown.ts';

const linked = [...MANUAL, ...MANUAL.map(chineseOf), 'CONTRIBUTING.md'];

describe.each(linked)('the links of %s', (file) => {
  const document = readMarkdown(file);
  const own = document.links.filter((link) => !/^[a-z]+:/.test(link));

  test.each(own)('%s leads somewhere', (link) => {
    const [target = '', anchor] = link.split('#');
    const file = target === '' ? document.file : path.join(path.dirname(document.file), target);
    expect(existsSync(path.join(ROOT, file))).toBe(true);
    if (anchor !== undefined) expect(anchorsOf(readMarkdown(file))).toContain(anchor);
  });
});

describe('CONTRIBUTING.md', () => {
  const contributing = readMarkdown('CONTRIBUTING.md');

  test('says why each dependency is there, and in which version it is held back', () => {
    const { dependencies, devDependencies } = packageJson;
    const { rows } = tableOf(contributing, 'thrift');
    expect(rows.flatMap(([names = '']) => names.split(', ')).sort()).toEqual(
      Object.keys({ ...dependencies, ...devDependencies }).sort(),
    );
  });

  test('names every script', () => {
    const { rows } = tableOf(contributing, 'npm run demo');
    const told = rows.flatMap(([names = '']) =>
      names.split(', ').map((name) => name.replace(/^npm (?:run )?/, '')),
    );
    expect(told.sort()).toEqual(Object.keys(packageJson.scripts).sort());
  });

  test('has a picture of the folders of src and test that there are', () => {
    const [picture] = contributing.blocks;
    for (const folder of ['src', 'test']) {
      const there = readdirSync(path.join(ROOT, folder), { withFileTypes: true });
      for (const { name } of there.filter((entry) => entry.isDirectory())) {
        expect(picture?.text, `${folder}/${name}`).toMatch(new RegExp(`^ +${name}/ `, 'm'));
      }
    }
    for (const [, name = ''] of picture?.text.matchAll(/^([\w.]+)\/ /gm) ?? []) {
      expect(existsSync(path.join(ROOT, name)), name).toBe(true);
    }
  });

  test('names every addition to the protocol that the master sends', () => {
    const maps = readFileSync(path.join(ROOT, 'src/master/front/maps.ts'), 'utf8');
    const sent = new Set([...maps.matchAll(/\b[a-z]+(?:_[a-z]+)+\b/g)].map(([key]) => key));
    const wire = readdirSync(path.join(ROOT, 'test/fixtures/wire'))
      .map((name) => readFileSync(path.join(ROOT, 'test/fixtures/wire', name), 'utf8'))
      .join('');
    const added = [...sent].filter((key) => !wire.includes(key));
    expect(added.length).toBeGreaterThan(1);
    for (const key of added) expect(contributing.inlineCode).toContain(key);
  });
});

/** As GitHub makes them: lower case, spaces as dashes, punctuation left out. */
function anchorsOf({ headings }: MarkdownDocument): string[] {
  return headings.map(({ text }) =>
    text
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(' ', '-'),
  );
}
