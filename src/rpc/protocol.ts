import TBinaryProtocol from 'thrift/lib/nodejs/lib/thrift/binary_protocol.js';
import Thrift from 'thrift/lib/nodejs/lib/thrift/thrift.js';
import { ProtocolError } from '../model/errors.ts';

export const MessageType = Thrift.MessageType;

/** In messages from this size on, strings up to that size are looked up among those that were read before. */
const LARGE_MESSAGE_BYTES = 64 * 1024;
const MAX_REPEATED_BYTES = 32;

/** ASCII strings that were read, each at a hash of its bytes. */
const repeated: string[] = new Array<string>(512).fill('');

/** The bytes of one whole message, as a transport to read from. */
export class ReadBuffer {
  readonly #bytes: Buffer;
  #position = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  /** True when everything was read: generated code that misreads a message leaves a rest, or runs over. */
  get exhausted(): boolean {
    return this.#position === this.#bytes.length;
  }

  readByte(): number {
    return this.#bytes.readInt8(this.#take(1));
  }

  readI16(): number {
    return this.#bytes.readInt16BE(this.#take(2));
  }

  readI32(): number {
    return this.#bytes.readInt32BE(this.#take(4));
  }

  readDouble(): number {
    return this.#bytes.readDoubleBE(this.#take(8));
  }

  readString(length: number): string {
    const at = this.#take(length);
    // A long list repeats its keys and many of its values: to find one is faster than to make it, and keeps no copy of it.
    return length <= MAX_REPEATED_BYTES && this.#bytes.length >= LARGE_MESSAGE_BYTES
      ? this.#repeatedString(at, at + length)
      : this.#bytes.toString('utf8', at, at + length);
  }

  #repeatedString(at: number, end: number): string {
    const bytes = this.#bytes;
    let hash = end - at;
    for (let i = Math.max(at, end - 8); i < end; i += 1) hash = (Math.imul(hash, 31) + (bytes[i] ?? 0)) | 0;
    const slot = (hash ^ (hash >>> 9)) & (repeated.length - 1);
    const known = repeated[slot] ?? '';
    if (isAsciiOf(known, bytes, at, end)) return known;
    const text = bytes.toString('utf8', at, end);
    repeated[slot] = text;
    return text;
  }

  read(length: number): Buffer {
    const at = this.#take(length);
    return this.#bytes.subarray(at, at + length);
  }

  #take(length: number): number {
    const at = this.#position;
    if (length < 0 || at + length > this.#bytes.length) throw new ProtocolError('a message ends too early');
    this.#position += length;
    return at;
  }
}

/** Whether these bytes are ASCII, and the text. */
function isAsciiOf(text: string, bytes: Buffer, at: number, end: number): boolean {
  if (text.length !== end - at) return false;
  for (let i = 0; i < text.length; i += 1) {
    const byte = bytes[at + i] ?? 0;
    if (byte > 0x7f || byte !== text.charCodeAt(i)) return false;
  }
  return true;
}

/** A buffer that grows, as a transport to write one message to. */
export class WriteBuffer {
  #bytes = Buffer.allocUnsafe(512);
  #length = 0;
  readonly #onFlush: () => void;

  constructor(onFlush: () => void = () => undefined) {
    this.#onFlush = onFlush;
  }

  /** What was written since the message began. */
  get written(): Buffer {
    return this.#bytes.subarray(0, this.#length);
  }

  /** Forgets what was written: a message that failed half-way must leave nothing behind. */
  reset(): void {
    this.#length = 0;
  }

  writeByte(value: number): void {
    const at = this.#reserve(1);
    this.#bytes[at] = value & 0xff;
  }

  writeI16(value: number): void {
    const at = this.#reserve(2);
    this.#bytes.writeInt16BE(value, at);
  }

  writeI32(value: number): void {
    const at = this.#reserve(4);
    this.#bytes.writeInt32BE(value, at);
  }

  writeString(text: string): void {
    const length = Buffer.byteLength(text);
    this.writeI32(length);
    const at = this.#reserve(length);
    this.#bytes.write(text, at, length, 'utf8');
  }

  write(bytes: Buffer): void {
    const at = this.#reserve(bytes.length);
    bytes.copy(this.#bytes, at);
  }

  /** The generated code calls it when a message is whole. */
  flush(): void {
    this.#onFlush();
  }

  /** The library tells which message is written; nothing here needs it. */
  setCurrSeqId(): void {
    return;
  }

  #reserve(length: number): number {
    const at = this.#length;
    if (at + length > this.#bytes.length) {
      const grown = Buffer.allocUnsafe(Math.max(2 * this.#bytes.length, at + length));
      this.#bytes.copy(grown, 0, 0, at);
      this.#bytes = grown;
    }
    this.#length = at + length;
    return at;
  }
}

/** The library's strict binary protocol for reading a message out of a ReadBuffer. */
export class MessageReader extends TBinaryProtocol {
  constructor(buffer: ReadBuffer) {
    super(buffer, true, true);
  }
}

/**
 * The library's binary protocol for writing a message into a WriteBuffer. Its primitives are replaced by ones that write in
 * place: the library's own make a Buffer for each byte, by a constructor that Node deprecates.
 */
export class MessageWriter extends TBinaryProtocol {
  readonly #buffer: WriteBuffer;

  constructor(buffer: WriteBuffer) {
    super(buffer, true, true);
    this.#buffer = buffer;
  }

  override writeByte(value: number): void {
    this.#buffer.writeByte(value);
  }

  override writeI16(value: number): void {
    this.#buffer.writeI16(value);
  }

  override writeI32(value: number): void {
    this.#buffer.writeI32(value | 0);
  }

  override writeString(value: string): void {
    // Generated code passes on whatever it was given.
    if (typeof value !== 'string') throw new TypeError(`a string was expected, not ${typeof value}`);
    this.#buffer.writeString(value);
  }
}

/** A whole EXCEPTION message. The library's own TApplicationException loses its type when it is written. */
export function encodeException(method: string, seqid: number, type: number, message: string): Buffer {
  const buffer = new WriteBuffer();
  const writer = new MessageWriter(buffer);
  writer.writeMessageBegin(method, MessageType.EXCEPTION, seqid);
  writer.writeByte(11);
  writer.writeI16(1);
  writer.writeString(message);
  writer.writeByte(8);
  writer.writeI16(2);
  writer.writeI32(type);
  writer.writeByte(0);
  return buffer.written;
}
