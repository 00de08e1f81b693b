import { createReadStream } from 'node:fs';
import { readText } from '../plan/read-file.ts';

/** Files that an operator writes are far smaller. */
const BYTES_MAX = 1024 * 1024;

/**
 * The text of a file that an option names; pipes, such as a shell's `<(…)`, are read to their end. It is waited for without
 * keeping the process from being stopped. `kind` names it in messages: `kubeconfig`.
 * @throws Error it can't be read, is larger than 1 MiB, or not UTF-8
 */
export function readNamedFile(path: string, kind: string): Promise<string> {
  return readText(createReadStream(path), path, kind, BYTES_MAX);
}

/** What a parser has to say, without the lines of the file that it shows: they may hold secrets. */
export function problemOf(error: Error): string {
  return (error.message.split('\n', 1)[0] ?? '').replace(/:$/, '');
}
