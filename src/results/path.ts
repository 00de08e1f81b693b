import { posix } from 'node:path';
import { isUri } from '../model/uri.ts';

/** Where a result's path leads: a path of this machine, an absolute path on HDFS, or neither. */
export type LocatedPath =
  { readonly storage: 'local' | 'hdfs'; readonly path: string } | { readonly storage: 'unknown' };

/** Understands `/path`, `file:/path`, `file:///path`, `hdfs://host:port/path` and `hdfs:///path`. */
export function locatePath(path: string): LocatedPath {
  const hdfs = afterScheme('hdfs', '[^/]*', path);
  // Hadoop's paths are not percent-encoded. Dots would be taken out of a URL's path, wherever that leads.
  if (hdfs !== null) {
    return { storage: 'hdfs', path: posix.normalize(hdfs).replace(/(?<=.)\/$/, '') };
  }
  const file = afterScheme('file', '(?:localhost)?', path);
  if (file !== null) return { storage: 'local', path: decoded(file) };
  if (isUri(path) || /^(?:file|hdfs):/i.test(path)) return { storage: 'unknown' };
  return { storage: 'local', path };
}

/** The path of a URI of the scheme: after two slashes and the host, or at once. */
function afterScheme(scheme: string, host: string, uri: string): string | null {
  const parts = new RegExp(`^${scheme}:(?://${host}(?=/)|(?=/(?!/)))(.*)$`, 'is').exec(uri);
  return parts?.[1] ?? null;
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    // Not percent-encoded, then.
    return path;
  }
}
