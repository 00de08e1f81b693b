import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sourceOf } from '../../src/results/source.ts';
import { textOf } from './read.ts';

/** A part that gives its bytes in chunks of the size, and tells when it was closed. */
function part(text: string, size = 3, closed: () => void = () => undefined) {
  return {
    path: '/out/part',
    async *read(): AsyncGenerator<Uint8Array> {
      const bytes = Buffer.from(text);
      try {
        for (let at = 0; at < bytes.length; at += size) yield Promise.resolve(bytes.subarray(at, at + size));
      } finally {
        closed();
      }
    },
  };
}

describe('the first lines of a result', () => {
  it.each([
    ['end where the last one ends', ['a\nbb\nccc\n'], 2, 'a\nbb\n'],
    ['are all of them where there are fewer', ['a\nbb\n'], 5, 'a\nbb\n'],
    ['may lack the end of the last one', ['a\nbb'], 2, 'a\nbb'],
    ['are none when none are wanted', ['a\nb'], 0, ''],
    ['are counted over all parts', ['a\n', '', 'b\nc\n', 'd\n'], 3, 'a\nb\nc\n'],
    ['begin anew in each part', ['a', 'b', '', 'c\n', 'd'], 9, 'a\nb\nc\nd'],
    ['end with the part that ends them', ['a', 'b'], 1, 'a\n'],
    ['may be empty', ['\n\n\n'], 2, '\n\n'],
    ['keep carriage returns', ['a\r\nb\r\nc'], 2, 'a\r\nb\r\n'],
    ['keep characters whole', ['数据一\n数据二\n数据三\n'], 2, '数据一\n数据二\n'],
    ['of nothing are nothing', [], 3, ''],
    ['of empty parts are nothing', ['', ''], 3, ''],
  ])('%s', async (_, parts, count, expected) => {
    for (const size of [1, 3, 100]) {
      const source = await sourceOf(parts.map((text) => part(text, size)));
      expect(await textOf(source.lines(count))).toBe(expected);
    }
  });

  it('are the same however the bytes come in', async () => {
    const text = fc.string({ unit: fc.constantFrom('a', '\n', '数', '\r') });
    await fc.assert(
      fc.asyncProperty(
        fc.array(text),
        fc.nat(8),
        fc.integer({ min: 1, max: 9 }),
        async (texts, count, size) => {
          const whole = texts
            .filter((one) => one !== '')
            .map((one, i, all) => (i === all.length - 1 || one.endsWith('\n') ? one : `${one}\n`))
            .join('');
          const source = await sourceOf(texts.map((one) => part(one, size)));
          expect(await textOf(source.all())).toBe(whole);
          expect(await textOf(source.lines(count))).toBe(
            whole
              .split(/(?<=\n)/)
              .slice(0, count)
              .join(''),
          );
        },
      ),
    );
  });

  it('open no part beyond the last line, and close the one that has it', async () => {
    const closed: string[] = [];
    const source = await sourceOf([
      part('a\nb\n', 2, () => closed.push('first')),
      {
        path: '/out/part-2',
        read() {
          throw new Error('the second part was opened');
        },
      },
    ]);
    expect(await textOf(source.lines(2))).toBe('a\nb\n');
    expect(closed).toEqual(['first']);
  });
});

describe('a reader that stops early', () => {
  it('closes the part it was in', async () => {
    const closed: string[] = [];
    const source = await sourceOf([part('abcdef', 2, () => closed.push('first'))]);
    for await (const chunk of source.all()) {
      expect(chunk).toHaveLength(2);
      break;
    }
    expect(closed).toEqual(['first']);
  });
});
