import { userInfo } from 'node:os';
import { ConfigError, NotFoundError } from '../model/errors.ts';
import { ResultUnreadableError } from './errors.ts';
import { type Answer, httpGet } from './http.ts';
import { field, parseJson, refusalError } from './remote-exception.ts';
import type { Found, Storage } from './storage.ts';

/** The listing of a directory with a hundred thousand files has about half as many bytes. */
const LISTING_MAX = 64 * 1024 * 1024;
const REFUSAL_MAX = 64 * 1024;
const REDIRECTS_MAX = 5;

export interface WebHdfsOptions {
  readonly user?: string | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds. */
  readonly timeout?: number | undefined;
}

interface FileStatus {
  readonly pathSuffix: string;
  readonly type: string;
}

/** Reads HDFS over WebHDFS: from a NameNode, which sends readers on to its DataNodes, or from HttpFS, which does not. */
export class WebHdfs implements Storage {
  readonly #root: string;
  readonly #user: string | undefined;
  readonly #signal: AbortSignal | undefined;
  readonly #timeout: number;

  /** @throws ConfigError `base` is no http or https address */
  constructor(base: string, { user, signal, timeout = 30_000 }: WebHdfsOptions) {
    if (!URL.canParse(base) || !/^https?:$/.test(new URL(base).protocol)) {
      throw new ConfigError(`webhdfs: ${base} is no http or https address`, {
        hint: 'it looks like http://hdfs-httpfs:14000',
      });
    }
    const { origin, pathname } = new URL(base);
    this.#root = `${origin}${pathname.replace(/\/(?:webhdfs\/v1\/?)?$/, '')}/webhdfs/v1`;
    this.#user = user ?? processUser();
    this.#signal = signal;
    this.#timeout = timeout;
  }

  async look(path: string): Promise<Found> {
    const answer = await this.#get(path, 'LISTSTATUS');
    const listing = await answer.text(LISTING_MAX);
    const statuses = parseListing(listing);
    if (statuses === null && Buffer.byteLength(listing) >= LISTING_MAX) {
      throw new ResultUnreadableError(
        `${path} has too many files: their listing exceeds ${LISTING_MAX} bytes`,
        {
          hint: 'read it with `hdfs dfs -cat`',
        },
      );
    }
    if (statuses === null) {
      throw new ResultUnreadableError(`${this.#root} answers, but not as WebHDFS does`, {
        hint: 'check the setting webhdfs',
      });
    }
    // A file's own listing has one entry, without a name.
    if (statuses.length === 1 && statuses[0]?.pathSuffix === '') return 'file';
    const folder = path === '/' ? '' : path;
    return {
      identity: path,
      entries: statuses.map(({ pathSuffix, type }) => ({
        name: pathSuffix,
        path: `${folder}/${pathSuffix}`,
        isFile: type === 'FILE',
      })),
    };
  }

  /**
   * Whether there is a file or directory at an absolute path: false only where HDFS itself says that there is none.
   * @throws ResultUnreadableError
   */
  async exists(path: string): Promise<boolean> {
    try {
      (await this.#get(path, 'GETFILESTATUS')).discard();
      return true;
    } catch (error) {
      if (error instanceof NotFoundError) return false;
      throw error;
    }
  }

  async *read(file: string): AsyncGenerator<Uint8Array> {
    const answer = await this.#get(file, 'OPEN');
    yield* answer.chunks();
  }

  /** The successful answer, after redirects. */
  async #get(path: string, op: 'LISTSTATUS' | 'GETFILESTATUS' | 'OPEN'): Promise<Answer> {
    let url = new URL(this.#root + path.split('/').map(encodeURIComponent).join('/'));
    url.searchParams.set('op', op);
    let hint: string | undefined;
    for (let redirects = 0; redirects <= REDIRECTS_MAX; redirects++) {
      if (this.#user !== undefined) url.searchParams.set('user.name', this.#user);
      const answer = await httpGet(url, { signal: this.#signal, timeout: this.#timeout, hint });
      if (answer.status === 200) return answer;
      if (answer.redirect === null) {
        const body = await answer.text(REFUSAL_MAX);
        throw refusalError({ status: answer.status, body, path, server: url.origin, user: this.#user });
      }
      answer.discard();
      url = answer.redirect;
      hint = 'set webhdfs to HttpFS, which needs no way from here to the DataNodes';
    }
    throw new ResultUnreadableError(`${this.#root} redirects again and again, and never answers`);
  }
}

function parseListing(text: string): FileStatus[] | null {
  const list = field(field(parseJson(text), 'FileStatuses'), 'FileStatus');
  if (!Array.isArray(list)) return null;
  const statuses = list.map((entry: unknown) => ({
    pathSuffix: field(entry, 'pathSuffix'),
    type: field(entry, 'type'),
  }));
  return statuses.every(isFileStatus) ? statuses : null;
}

function isFileStatus(entry: { pathSuffix: unknown; type: unknown }): entry is FileStatus {
  return typeof entry.pathSuffix === 'string' && typeof entry.type === 'string';
}

/** The name that Hadoop's own clients would give; undefined where the system knows none. */
function processUser(): string | undefined {
  try {
    return userInfo().username;
  } catch {
    return undefined;
  }
}
