/**
 * UTF-8 text as it comes in, split at its line breaks (`\n` or `\r\n`): between two segments of an array ends a line, and the
 * first segment of the next array goes on with the last one's line. So no line is ever held, however long it is. Bytes that
 * are no UTF-8 become U+FFFD; no segment ends within a character.
 */
export async function* lineSegments(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<string[]> {
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  // A carriage return at the end of a chunk may be half of a line break.
  let held = '';
  for await (const chunk of chunks) {
    let text = held + decoder.decode(chunk, { stream: true });
    held = text.endsWith('\r') ? '\r' : '';
    if (held !== '') text = text.slice(0, -1);
    yield text.split(/\r?\n/);
  }
  const rest = held + decoder.decode();
  if (rest !== '') yield [rest];
}
