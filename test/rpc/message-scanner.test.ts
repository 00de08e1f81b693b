import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DEFAULT_LIMITS } from '../../src/rpc/limits.ts';
import { MessageScanner } from '../../src/rpc/message-scanner.ts';
import { recording, recordingNames } from '../helpers/wire.ts';

const MESSAGES = recordingNames()
  .flatMap((name) => recording(name).exchanges)
  .flatMap(({ request, reply }) => [Buffer.from(request, 'hex'), Buffer.from(reply, 'hex')]);

function scan(chunks: readonly Buffer[]): Buffer[] {
  const scanner = new MessageScanner(DEFAULT_LIMITS);
  const found: Buffer[] = [];
  for (const chunk of chunks) {
    scanner.push(chunk);
    for (let message = scanner.next(); message !== null; message = scanner.next()) found.push(message.bytes);
  }
  expect(scanner.idle).toBe(true);
  return found;
}

describe('the message scanner', () => {
  it('finds the recorded messages in a stream, however it is cut', () => {
    const stream = Buffer.concat(MESSAGES);
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: stream.length - 1 }), { maxLength: 60 }), (cuts) => {
        const at = [0, ...cuts.sort((a, b) => a - b), stream.length];
        const chunks = at.slice(1).map((end, i) => stream.subarray(at[i], end));
        expect(scan(chunks.filter((chunk) => chunk.length > 0))).toEqual(MESSAGES);
      }),
      { numRuns: 300 },
    );
  });

  it('gives out messages that later ones do not overwrite', () => {
    const stream = Buffer.concat(MESSAGES);
    const chunks = Array.from(stream, (byte) => Buffer.of(byte));
    expect(scan(chunks)).toEqual(MESSAGES);
  });

  it('never accepts or throws anything but a protocol error on bytes that were changed', () => {
    const stream = Buffer.concat(MESSAGES);
    fc.assert(
      fc.property(fc.nat(stream.length - 1), fc.integer({ min: 0, max: 255 }), (at, byte) => {
        const changed = Buffer.from(stream);
        changed[at] = byte;
        const scanner = new MessageScanner(DEFAULT_LIMITS);
        scanner.push(changed);
        try {
          while (scanner.next() !== null);
        } catch (error) {
          expect(error).toMatchObject({ code: 'PROTOCOL' });
        }
      }),
      { numRuns: 500 },
    );
  });

  it.each([
    ['maxMessageBytes', { maxMessageBytes: 100 }],
    ['maxStringBytes', { maxStringBytes: 10 }],
    ['maxContainerSize', { maxContainerSize: 5 }],
    ['maxDepth', { maxDepth: 2 }],
  ])('holds %s', (_, limit) => {
    const message = Buffer.from(recording('list-new').exchanges[0]!.reply, 'hex');
    const scanner = new MessageScanner({ ...DEFAULT_LIMITS, ...limit });
    scanner.push(message);
    expect(() => scanner.next()).toThrow(expect.objectContaining({ code: 'PROTOCOL' }));
  });

  it('refuses a message over the limit before it has arrived', () => {
    const scanner = new MessageScanner({ ...DEFAULT_LIMITS, maxMessageBytes: 1_000 });
    const message = Buffer.from(recording('result-completed').exchanges[0]!.reply, 'hex');
    message.writeInt32BE(5_000, 8 + 'getStageResult'.length + 4 + 3);
    scanner.push(message);
    expect(() => scanner.next()).toThrow(/larger than the limit/);
  });

  it('takes time in proportion to the message when it comes in small pieces', () => {
    const pieces = (entries: number): number => {
      const body = Buffer.alloc(entries * 8);
      const head = Buffer.from('80010002000000016100000001' + '0d00000b0b', 'hex');
      const size = Buffer.alloc(4);
      size.writeInt32BE(entries);
      const message = Buffer.concat([head, size, body, Buffer.of(0)]);
      const scanner = new MessageScanner(DEFAULT_LIMITS);
      let scans = 0;
      for (let at = 0; at < message.length; at += 1_000) {
        scanner.push(message.subarray(at, at + 1_000));
        if (scanner.next() === null) scans += 1;
      }
      expect(scanner.idle).toBe(true);
      return scans;
    };
    // Quadratic work on the larger one would take minutes: the test's own time limit is what fails.
    expect(pieces(1_000_000)).toBeGreaterThan(7_000);
  });
});
