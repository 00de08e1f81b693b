/**
 * True for a path that names its storage, such as `hdfs://nn/out`, `s3a://bucket/out` or `file:/out`: a scheme (RFC 3986) of at
 * least two letters, a colon and a slash. Only its storage can open such a path; any other is a path of this machine.
 */
export function isUri(text: string): boolean {
  return /^[a-z][-+.a-z0-9]+:\//i.test(text);
}
