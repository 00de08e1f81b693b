import { constants } from 'node:fs';
import { quote } from './findings.ts';
import { type FileHandle, open } from 'node:fs/promises';
import { PlanInvalidError } from '../model/diagnostic.ts';
import { NotFoundError, errorMessage, systemErrorCode } from '../model/errors.ts';

/**
 * The text of a file of at most `maxBytes`, without a byte order mark. `kind` names it in messages: `plan`.
 * @throws NotFoundError
 * @throws PlanInvalidError it is no regular file, too large, not UTF-8, or must not be read
 */
export async function readTextFile(path: string, kind: string, maxBytes: number): Promise<string> {
  return decode(await readBytes(path, kind, maxBytes), path, kind);
}

/**
 * The same for what comes from elsewhere than a file; `name` stands for it in messages.
 * @throws PlanInvalidError
 */
export async function readText(
  chunks: AsyncIterable<unknown>,
  name: string,
  kind: string,
  maxBytes: number,
): Promise<string> {
  return decode(await gather(chunks, `the ${kind} ${quote(name)}`, maxBytes), name, kind);
}

function decode(bytes: Uint8Array, path: string, kind: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new PlanInvalidError(`the ${kind} ${quote(path)} is not UTF-8`, [], {
      hint: 'save it as UTF-8',
      cause,
    });
  }
}

async function gather(chunks: AsyncIterable<unknown>, what: string, maxBytes: number): Promise<Uint8Array> {
  const gathered: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of chunks) {
    if (!(chunk instanceof Uint8Array)) continue;
    gathered.push(chunk);
    size += chunk.length;
    if (size > maxBytes) throw new PlanInvalidError(`${what} has more than ${maxBytes} bytes`);
  }
  return Buffer.concat(gathered);
}

/** Usually one read; a file that is longer or shorter than it says takes a few more. */
async function readAtMost(
  handle: FileHandle,
  expected: number,
  what: string,
  maxBytes: number,
): Promise<Uint8Array> {
  let bytes = Buffer.allocUnsafe(Math.min(expected, maxBytes) + 1);
  let size = 0;
  for (;;) {
    const { bytesRead } = await handle.read(bytes, size, bytes.length - size, null);
    size += bytesRead;
    // There was room for one more: the file ends where it says.
    if (bytesRead === 0 || (size === expected && size < bytes.length)) return bytes.subarray(0, size);
    if (size > maxBytes) throw new PlanInvalidError(`${what} has more than ${maxBytes} bytes`);
    if (size === bytes.length) bytes = Buffer.concat([bytes], Math.min(2 * size + 4096, maxBytes + 1));
  }
}

async function readBytes(path: string, kind: string, maxBytes: number): Promise<Uint8Array> {
  const what = `the ${kind} ${quote(path)}`;
  let handle: FileHandle | undefined;
  try {
    // Without O_NONBLOCK, opening a named pipe waits for a writer.
    handle = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const stats = await handle.stat();
    if (stats.isDirectory())
      throw new PlanInvalidError(`${what} is a directory`, [], { hint: 'name the file in it' });
    if (!stats.isFile()) throw new PlanInvalidError(`${what} is not a regular file`);
    return await readAtMost(handle, stats.size, what, maxBytes);
  } catch (error) {
    const code = systemErrorCode(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') {
      throw new NotFoundError(`${what} is not there`, { hint: 'check the path', cause: error });
    }
    if (error instanceof PlanInvalidError) throw error;
    throw new PlanInvalidError(`${what} can't be read: ${errorMessage(error)}`, [], { cause: error });
  } finally {
    // What was read is whole: nobody waits for the close, or has to know when it fails.
    handle?.close().catch(() => undefined);
  }
}
