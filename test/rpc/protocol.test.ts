import { describe, expect, it } from 'vitest';
import { ReadBuffer } from '../../src/rpc/protocol.ts';

/** More than a large message has, so that repeated strings are looked up. */
const TIMES = 20_000;

/** What a buffer reads of these strings, which it holds over and over. */
function readAll(strings: readonly Buffer[]): string[] {
  const repeated = Array.from({ length: TIMES }, () => strings).flat();
  const buffer = new ReadBuffer(Buffer.concat(repeated));
  return repeated.map((bytes) => buffer.readString(bytes.length));
}

describe('strings of a large message', () => {
  it.each([
    ['in ASCII', ['task_status', 'COMPLETED', 'task_runtime', 'a', '']],
    ['that end alike', ['a-the same end', 'b-the same end', 'c-the same end']],
    ['in Chinese and with emoji', ['任务', '作业', '🚀', 'é', 'e']],
    ['that are long', ['x'.repeat(33), 'y'.repeat(100), '长'.repeat(40)]],
  ])('are read as they were sent: those %s', (_, strings) => {
    const read = readAll(strings.map((text) => Buffer.from(text)));
    expect(new Set(read)).toEqual(new Set(strings));
    expect(read.slice(-strings.length)).toEqual(strings);
  });

  it('are no other ones when their bytes are not UTF-8', () => {
    // Each pair of characters between 128 and 255: as UTF-8, then as a byte each, which is how JavaScript numbers them.
    const codes = Array.from({ length: 128 }, (_, i) => 128 + i);
    const pairs = codes.flatMap((first) => codes.map((second) => String.fromCharCode(first, second)));
    const strings = pairs.flatMap((pair) => [Buffer.from(pair, 'utf8'), Buffer.from(pair, 'latin1')]);
    const buffer = new ReadBuffer(Buffer.concat(strings));
    const read = strings.map((bytes) => buffer.readString(bytes.length));
    expect(read).toEqual(strings.map((bytes) => bytes.toString('utf8')));
  });
});
