import type { ClicError } from '../model/errors.ts';
import { ResultUnreadableError, resultNotThere } from './errors.ts';

/** Characters of a server's message that are shown. */
const SHOWN = 300;

/** What an answer other than a success came to. */
export interface Refusal {
  readonly status: number;
  readonly body: string;
  /** The path that was asked for. */
  readonly path: string;
  readonly server: string;
  readonly user: string | undefined;
}

/**
 * The error that a refusal means. HDFS says what is wrong in the name of its exception: the status is 500 for much of it,
 * and what stands in front of HDFS, such as an authentication filter, answers in HTML.
 */
export function refusalError({ status, body, path, server, user }: Refusal): ClicError {
  const remote = parseRemoteException(body);
  const asUser = user === undefined ? 'without a user name' : `as the user ${user}`;
  const said = remote === null ? `HTTP status ${status}` : `${remote.exception}: ${remote.message}`;
  const setUser = 'set hdfsUser to a user who may read it';
  switch (remote?.exception ?? status) {
    case 'FileNotFoundException':
      return resultNotThere(path);
    case 'AccessControlException':
    case 'AuthenticationException':
    case 'AuthorizationException':
    case 'SecurityException':
    case 401:
    case 403:
      return new ResultUnreadableError(`${server} refuses ${path} ${asUser}: ${said}`, { hint: setUser });
    case 'StandbyException':
      return new ResultUnreadableError(`${server} is a NameNode on standby`, {
        hint: 'set webhdfs to the active one, or to HttpFS, which finds it',
      });
    case 404:
      return new ResultUnreadableError(`${server} is not WebHDFS: ${said}`, {
        hint: 'check the setting webhdfs',
      });
    default:
      return new ResultUnreadableError(`${server} can't read ${path}: ${said}`);
  }
}

function parseRemoteException(body: string): { exception: string; message: string } | null {
  const remote = field(parseJson(body), 'RemoteException');
  const exception = field(remote, 'exception');
  const message = field(remote, 'message');
  if (typeof exception !== 'string') return null;
  return { exception: onOneLine(exception), message: typeof message === 'string' ? onOneLine(message) : '' };
}

/** The value of JSON text; undefined for any other text. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** A field of an object; undefined for anything else. */
export function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? Object.getOwnPropertyDescriptor(value, name)?.value
    : undefined;
}

function onOneLine(text: string): string {
  const line = text.split('\n', 1)[0] ?? '';
  return line.replace(/\p{Cc}/gu, ' ').slice(0, SHOWN);
}
