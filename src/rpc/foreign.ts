/** Says what the first bytes of something that is not Thrift look like, for a message to the user. */
export function describeForeignBytes(bytes: Buffer): string {
  const text = bytes.toString('latin1', 0, 16);
  if (/^(?:HTTP\/|GET |POST |PUT |HEAD |OPTIONS )/.test(text))
    return 'it speaks HTTP, not the protocol of clic-master';
  if (text.startsWith('SSH-')) return 'it is an SSH server, not a clic-master';
  if (looksLikeTls(bytes)) return 'it speaks TLS, and this side does not';
  if (bytes.length >= 5 && bytes.readInt8(0) === 0 && bytes[4] === 0x80) {
    return 'it speaks framed Thrift; clic-master speaks it unframed';
  }
  return `it does not speak the protocol of clic-master (it begins with ${bytes.toString('hex', 0, 8)})`;
}

/** True for an alert or a handshake of TLS. */
export function looksLikeTls(bytes: Buffer): boolean {
  return bytes.length >= 2 && (bytes[0] === 0x15 || bytes[0] === 0x16) && bytes[1] === 0x03;
}
