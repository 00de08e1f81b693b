import { ConfigError } from '../model/errors.ts';
import { ResultUnreadableError } from './errors.ts';
import { localStorage } from './local.ts';
import { type ResultSource, sourceOf } from './source.ts';
import { locatePath } from './path.ts';
import { partsBelow } from './walk.ts';
import { WebHdfs } from './webhdfs.ts';

export interface ResultOptions {
  /** Where HttpFS or WebHDFS listens, for `hdfs://` paths: `http://hdfs-httpfs:14000`. */
  readonly webHdfs?: string | undefined;
  /** Who reads on HDFS; where it is not given, the user of this process. */
  readonly user?: string | undefined;
  /** Ends any reading with its reason. */
  readonly signal?: AbortSignal | undefined;
  /** How long HDFS may keep us waiting for an answer, or for more of it: milliseconds, 30,000 where it is not given. */
  readonly timeout?: number | undefined;
}

/**
 * Finds a stage's result: a file or a directory of part files, at a path, a `file:` URI or an `hdfs:` URI.
 * @throws NotFoundError there is nothing at the path
 * @throws ConfigError it is on HDFS, and `webHdfs` does not say where to read that
 * @throws ResultUnreadableError
 */
export async function openResult(path: string, options: ResultOptions = {}): Promise<ResultSource> {
  const { webHdfs, signal } = options;
  signal?.throwIfAborted();
  const located = locatePath(path);
  switch (located.storage) {
    case 'local':
      return sourceOf(partsBelow(localStorage(signal), located.path));
    case 'hdfs':
      if (webHdfs === undefined) {
        throw new ConfigError(
          `the result ${path} is on HDFS, and the address of HttpFS or WebHDFS is not configured`,
          {
            hint: `set webhdfs to it, such as http://hdfs-httpfs:14000, or read the result with \`hdfs dfs -cat\``,
          },
        );
      }
      return sourceOf(partsBelow(new WebHdfs(webHdfs, options), located.path));
    case 'unknown':
      throw new ResultUnreadableError(`the result ${path} is on a storage that clic can't read`);
  }
}
