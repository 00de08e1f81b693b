import { describe, expect, test } from 'vitest';
import { sourceOf } from '../../../src/results/source.ts';
import { runCli } from '../../helpers/run-cli.ts';

describe('a single line that is far longer than memory, or a text of JavaScript, could hold', () => {
  const chunk = Buffer.alloc(64 * 1024, 'x');
  const GIB = 2 ** 30;

  test.each([
    ['table', 5 * GIB, ''],
    ['json', 0.6 * GIB, '\n  ]\n}\n'],
    ['yaml', 0.6 * GIB, '\n'],
    ['jsonl', 0.6 * GIB, '"}\n'],
    ['csv', 0.6 * GIB, '"\n'],
  ])('is passed on as %s while it comes in', { timeout: 120_000 }, async (format, size, end) => {
    let produced = 0;
    let written = 0;
    let most = 0;
    let last = '';
    const source = sourceOf([
      {
        path: '/data/line',
        async *read() {
          for (; produced < size; produced += chunk.length) yield await Promise.resolve(chunk);
        },
      },
    ]);
    const { exit, stderr } = await runCli(['result', 's-1', '-n', '1', '-o', format], {
      client: { resultPath: () => Promise.resolve('/data/line') },
      openResult: () => source,
      stdout: {
        isTty: false,
        columns: null,
        rows: null,
        write(piece) {
          written += piece.length;
          most = Math.max(most, produced - written);
          last = typeof piece === 'string' ? piece : '';
          return Promise.resolve();
        },
      },
    });
    expect([exit, stderr]).toEqual([0, expect.stringContaining('/data/line')]);
    expect(written).toBeGreaterThanOrEqual(size);
    expect(most).toBeLessThan(4 * chunk.length);
    expect(last.endsWith(end)).toBe(true);
  });
});
