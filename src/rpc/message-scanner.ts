import { ProtocolError } from '../model/errors.ts';
import { describeForeignBytes } from './foreign.ts';
import { LimitExceededError, type MessageLimits } from './limits.ts';

/** The longest of ours has 35 bytes with its service. */
const MAX_NAME_BYTES = 256;

/** One whole message: its bytes, from the version to the last STOP, and its header. */
export interface Message {
  readonly name: string;
  /** 1 CALL, 2 REPLY, 3 EXCEPTION, 4 ONEWAY. */
  readonly type: number;
  readonly seqid: number;
  readonly bytes: Buffer;
}

/** Thrift's type codes (14 is a set, 15 a list), and the bytes of those whose size is fixed (0: not fixed, -1: no such type). */
const T_STRING = 11;
const T_STRUCT = 12;
const T_MAP = 13;
//                   0   1  2  3  4   5  6   7  8   9  10 11 12 13 14 15 16
const FIXED_SIZE = [-1, -1, 1, 1, 8, -1, 2, -1, 4, -1, 8, 0, 0, 0, 0, 0, 16];

/** A struct, list or map that the scan is inside of. A list has `valueType` 0. */
interface Frame {
  readonly keyType: number;
  readonly valueType: number;
  /** Values still to come; -1 in a struct. */
  remaining: number;
}

/**
 * Finds where messages of strict TBinaryProtocol end in a stream of chunks, without decoding them.
 *
 * It goes on where it stopped, so a message that arrives in many chunks costs no more than one that arrives whole, and it
 * refuses what is malformed or over a limit as soon as it sees it, before waiting for the rest.
 * Format: Apache Thrift, doc/specs/thrift-binary-protocol.md.
 */
export class MessageScanner {
  readonly #limits: MessageLimits;
  #buffer: Buffer = Buffer.alloc(0);
  /** Where the current message begins, where the scan stands (it may be past the end), where the data ends. */
  #start = 0;
  #position = 0;
  #end = 0;
  #frames: Frame[] = [];
  #header: { name: string; type: number; seqid: number } | null = null;

  constructor(limits: MessageLimits) {
    this.#limits = limits;
  }

  /** True between messages: nothing of a next one has arrived. */
  get idle(): boolean {
    return this.#start === this.#end;
  }

  /** Bytes that a message keeps which is not whole yet. */
  get held(): number {
    return this.idle ? 0 : this.#buffer.length;
  }

  /** Name and sequence id of a message that is not whole yet; null where they have not arrived. */
  get pending(): { readonly name: string; readonly seqid: number } | null {
    return this.#header;
  }

  /** Adds what arrived. Take the messages with `next` before more is added. */
  push(chunk: Buffer): void {
    if (this.#start === this.#end) {
      this.#buffer = chunk;
      this.#end = chunk.length;
      this.#position -= this.#start;
      this.#start = 0;
      return;
    }
    const kept = this.#end - this.#start;
    if (this.#end + chunk.length > this.#buffer.length) {
      // Doubling keeps the copying linear. Messages given out are views of the old buffer, which is never written again.
      const grown = Buffer.allocUnsafe(Math.max(2 * kept, kept + chunk.length, 4096));
      this.#buffer.copy(grown, 0, this.#start, this.#end);
      this.#buffer = grown;
      this.#position -= this.#start;
      this.#start = 0;
      this.#end = kept;
    }
    chunk.copy(this.#buffer, this.#end);
    this.#end += chunk.length;
  }

  /**
   * The next whole message, or null when more has to arrive first.
   * @throws ProtocolError the bytes are not a message, or are over a limit; the stream can't be read on
   */
  next(): Message | null {
    if (this.#header === null) {
      this.#header = this.#scanHeader();
      if (this.#header === null) return null;
      this.#frames.push({ keyType: 0, valueType: 0, remaining: -1 });
    }
    const complete = this.#scanBody();
    // Past the end, too: what a declared length asks for counts before it has arrived.
    if (this.#position - this.#start > this.#limits.maxMessageBytes) {
      throw new LimitExceededError(
        'maxMessageBytes',
        `a message is larger than the limit of ${this.#limits.maxMessageBytes} bytes`,
      );
    }
    if (!complete) return null;
    const message = { ...this.#header, bytes: this.#buffer.subarray(this.#start, this.#position) };
    this.#header = null;
    this.#start = this.#position;
    return message;
  }

  #scanHeader(): { name: string; type: number; seqid: number } | null {
    const buffer = this.#buffer;
    const start = this.#start;
    const available = this.#end - start;
    // Two bytes tell strict Thrift from anything else; a banner shorter than a header must not be waited on.
    if (available >= 1 && buffer[start] !== 0x80) throw this.#notThrift();
    if (available >= 2 && buffer[start + 1] !== 0x01) throw this.#notThrift();
    if (available < 8) return null;
    const type = buffer.readUInt8(start + 3);
    if (buffer[start + 2] !== 0 || type < 1 || type > 4) throw this.#notThrift();
    const nameLength = buffer.readInt32BE(start + 4);
    if (nameLength < 0 || nameLength > MAX_NAME_BYTES) {
      throw new ProtocolError(`a message declares a name of ${nameLength} bytes`);
    }
    const end = start + 8 + nameLength + 4;
    if (end > this.#end) return null;
    this.#position = end;
    return { name: buffer.toString('utf8', start + 8, end - 4), type, seqid: buffer.readInt32BE(end - 4) };
  }

  /** True when the frames are all closed: the message ends at the position. */
  #scanBody(): boolean {
    const frames = this.#frames;
    for (;;) {
      const frame = frames[frames.length - 1];
      if (frame === undefined) return true;
      if (this.#position >= this.#end) return false;
      if (frame.remaining === -1) {
        const type = this.#buffer.readUInt8(this.#position);
        if (type === 0) {
          this.#position += 1;
          frames.pop();
          continue;
        }
        if (this.#position + 3 > this.#end) return false;
        if (!this.#scanValue(type, 3)) return false;
      } else if (frame.remaining === 0) {
        frames.pop();
      } else {
        // A map's remaining counts keys and values: a key is next while it is even.
        const type = frame.valueType !== 0 && frame.remaining % 2 === 1 ? frame.valueType : frame.keyType;
        frame.remaining -= 1;
        if (!this.#scanValue(type, 0)) {
          frame.remaining += 1;
          return false;
        }
      }
    }
  }

  /** Passes a value that begins `lead` bytes on; false, and nothing moved, when its own header has not arrived. */
  #scanValue(type: number, lead: number): boolean {
    const at = this.#position + lead;
    const size = FIXED_SIZE[type] ?? -1;
    if (size === -1) throw new ProtocolError(`a message has a value of the unknown type ${type}`);
    if (size > 0) {
      this.#position = at + size;
      return true;
    }
    switch (type) {
      case T_STRING: {
        if (at + 4 > this.#end) return false;
        const length = this.#within('maxStringBytes', this.#buffer.readInt32BE(at), 'a string of', 'bytes');
        this.#position = at + 4 + length;
        return true;
      }
      case T_STRUCT:
        this.#position = at;
        this.#enter(0, 0, -1);
        return true;
      case T_MAP: {
        if (at + 6 > this.#end) return false;
        const count = this.#count(at + 2);
        const [key, value] = [this.#buffer.readUInt8(at), this.#buffer.readUInt8(at + 1)];
        this.#position = at + 6;
        if (count > 0 && (!isValueType(key) || !isValueType(value))) {
          throw new ProtocolError(`a message has a map of the unknown types ${key} and ${value}`);
        }
        this.#enter(key, value, 2 * count);
        return true;
      }
      // A set or list: the other types have a fixed size.
      default: {
        if (at + 5 > this.#end) return false;
        const count = this.#count(at + 1);
        const element = this.#buffer.readUInt8(at);
        this.#position = at + 5;
        this.#enter(element, 0, count);
        return true;
      }
    }
  }

  #count(at: number): number {
    return this.#within('maxContainerSize', this.#buffer.readInt32BE(at), 'a collection of', 'entries');
  }

  #enter(keyType: number, valueType: number, remaining: number): void {
    this.#within('maxDepth', this.#frames.length + 1, 'a nest of', 'levels');
    this.#frames.push({ keyType, valueType, remaining });
  }

  /** @throws LimitExceededError, and ProtocolError where it is negative */
  #within(limit: keyof MessageLimits, value: number, what: string, unit: string): number {
    const most = this.#limits[limit];
    if (value >= 0 && value <= most) return value;
    const problem = `a message declares ${what} ${value} ${unit}`;
    if (value < 0) throw new ProtocolError(problem);
    throw new LimitExceededError(limit, `${problem}, and the limit is ${most}`);
  }

  #notThrift(): ProtocolError {
    return new ProtocolError(describeForeignBytes(this.#buffer.subarray(this.#start, this.#end)));
  }
}

function isValueType(type: number): boolean {
  return (FIXED_SIZE[type] ?? -1) !== -1;
}
