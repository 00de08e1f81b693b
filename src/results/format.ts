/** Bytes of a file that tell what it is: about as many as grep and git look at. */
const HEAD = 8192;

/** What stands at the beginning of formats that stages write. Letters alone could begin a text, too: see `formatOf`. */
const MAGIC: readonly (readonly [format: string, bytes: string])[] = [
  ['Parquet', 'PAR1'],
  ['encrypted Parquet', 'PARE'],
  ['ORC', 'ORC'],
  ['Avro', 'Obj\x01'],
  ['SequenceFile', 'SEQ'],
  ['Arrow', 'ARROW1'],
  ['gzip', '\x1f\x8b'],
  ['Zstandard', '\x28\xb5\x2f\xfd'],
  ['bzip2', 'BZh'],
  ['xz', '\xfd7zXZ'],
  ['LZ4', '\x04\x22\x4d\x18'],
  ['framed Snappy', '\xff\x06\x00\x00sNaPpY'],
  ['zip', 'PK\x03\x04'],
];
/** Formats that only a name tells. */
const EXTENSIONS: ReadonlyMap<string, string> = new Map([
  ['lz4', 'LZ4'],
  ['lzo', 'LZO'],
  ['lzo_deflate', 'LZO'],
]);

/** What is known of bytes: that they are text, or which format they have, where that is known. */
export type Format = { readonly isText: true } | { readonly isText: false; readonly name: string | null };

/**
 * Passes chunks on as they come in, the first ones when `look` has seen what they are.
 * @throws what `look` throws: then nothing was passed on
 */
export async function* lookedAt(
  path: string,
  chunks: AsyncIterable<Uint8Array>,
  look: (format: Format) => Promise<void>,
): AsyncGenerator<Uint8Array> {
  let held: Uint8Array[] | null = [];
  let size = 0;
  for await (const chunk of chunks) {
    if (held === null) {
      yield chunk;
      continue;
    }
    held.push(chunk);
    size += chunk.length;
    if (size < HEAD) continue;
    await look(formatOf(path, held));
    yield* held;
    held = null;
  }
  if (held === null) return;
  await look(formatOf(path, held));
  yield* held;
}

/**
 * Text is UTF-8 without NUL characters. A magic number of letters is believed where what follows is not as in a text: a line
 * may well begin with `SEQ` or `PAR1,`.
 */
function formatOf(path: string, chunks: readonly Uint8Array[]): Format {
  const head = Buffer.concat(chunks).subarray(0, HEAD);
  const latin = head.toString('latin1');
  const [name] = MAGIC.find(([, bytes]) => latin.startsWith(bytes)) ?? [null];
  if (isUtf8(head) && !latin.includes('\0') && (name === null || !looksBinary(latin)))
    return { isText: true };
  const extension = /\.(\w+)$/.exec(path)?.[1]?.toLowerCase() ?? '';
  return { isText: false, name: name ?? EXTENSIONS.get(extension) ?? null };
}

/** Whether bytes that begin like a binary format go on like one. */
function looksBinary(latin: string): boolean {
  return /^PAR[1E]\w/.test(latin) || /[\x01-\x08\x0e-\x1a\x1c-\x1f]/.test(latin);
}

/** Whether bytes are UTF-8, the last character aside, which may be cut. */
function isUtf8(bytes: Uint8Array): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: true });
    return true;
  } catch {
    return false;
  }
}
