import { describe, expect, it } from 'vitest';
import { masterOptions } from '../../src/config/master-options.ts';
import { masterHelp } from '../../src/master/help.ts';

const TABLE = masterOptions({ env: { XDG_STATE_HOME: '/state' }, home: '/home/me', processors: 3 });
const help = (columns: number | null): string => masterHelp(TABLE, columns);

describe('the help of clic-master', () => {
  it.each([
    [60, 60],
    [80, 80],
    [null, 100],
    [300, 100],
  ])('on a terminal of %j columns has no line above %i', (columns, width) => {
    const lines = help(columns).split('\n');
    expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(width);
  });

  it('says what an option takes and what it is otherwise', () => {
    const text = help(null);
    for (const line of [
      /^ {2}--port <number> {2,}port to listen on; 0 picks a free one \[default: 7777\]$/m,
      /^ {2}--allow-remote {2,}let --host be an address that other machines reach\s+\[default: false\]$/m,
      /^ {2}--store <level\|memory\|redis> {2,}where/m,
      /^ {2}--state-dir <path> {2}.* logs\n +\[default: \/state\/clic-master\]$/m,
      /^ {2}--pass-env <names> {2,}variables that stages get from this environment; may be\s+repeated$/m,
      /^ {2}--retry-delay <duration> {2}.*\n +\[default: 1s\]$/m,
      /^ {2}--request-timeout <duration> {2}.*\[default: 30s\]$/m,
      /^ {2}--max-plan-bytes <bytes> {2}.*\[default: 4MiB\]$/m,
    ]) {
      expect(text).toMatch(line);
    }
  });

  it('has the descriptions below where there is no room beside', () => {
    expect(help(60)).toMatch(/^ {2}--port <number>\n {8}port to listen on; 0 picks a free one$/m);
  });
});
