import { randomBytes } from 'node:crypto';
import { open, rename, rm, type FileHandle } from 'node:fs/promises';
import { systemErrorCode } from '../../../model/errors.ts';

const CHUNK = 2 ** 20;
/** How far a cut may move to be at the end of a line. */
const LINE_WITHIN = 4096;
/** Room for the line that stands for what was left out. */
const MARKER_ROOM = 256;
const MARKER = '--- at least ';

/**
 * What is known of a log that was cut while its program wrote: the first line, JSON, of the file `log.tail`, which goes
 * on with the newest bytes of before the cut.
 */
interface Cut {
  /** Where the log was cut: the length of its beginning, which stays. */
  readonly head: number;
  /** How many bytes had been left out after it before this cut, and with it. */
  readonly before: number;
  readonly omitted: number;
  /** What the log has after its beginning until it is cut: where it is not there any more, the cut was made. */
  readonly mark: string;
}

/** A part of a file. */
interface Part {
  readonly file: FileHandle;
  readonly from: number;
  readonly to: number;
}

/**
 * Cuts a log that is longer than so many bytes, while its program goes on writing: its newest bytes go aside, and
 * what comes next is written after its beginning. Killed in between, it leaves what the next cut understands.
 * @throws Error of the file system
 */
export async function cutLog(path: string, maxBytes: number): Promise<void> {
  const log = await open(path, 'r+');
  try {
    const { size } = await log.stat();
    if (size <= maxBytes) return;
    const half = halfOf(maxBytes);
    const known = await readCut(path, log);
    const head = known === null ? await headEnd(log, half) : known.cut.head;
    const from = Math.max(head, size - half);
    const before = known === null ? 0 : known.cut.omitted + known.tail;
    const mark = `--- cut ${randomBytes(8).toString('hex')}`;
    // Over bytes that are left out in any case.
    await log.write(mark, head, 'latin1');
    await writeAside(
      path,
      { head, before, omitted: before + from - head, mark },
      { file: log, from, to: size },
    );
    // What was written since is lost without being counted: hence 'at least'.
    await log.truncate(head);
  } finally {
    await log.close();
  }
}

/**
 * Gives a log whose program has ended its last form, if it was cut or is too long: beginning, one line that says how much
 * is missing, and end. Answers its length. @throws Error of the file system
 */
export async function finishLog(path: string, maxBytes: number): Promise<number> {
  const log = await open(path, 'r');
  let aside: FileHandle | null = null;
  try {
    await Promise.all([path, asideOf(path)].map((file) => rm(unfinished(file), { force: true })));
    const { size } = await log.stat();
    const known = await readCut(path, log);
    if (known === null && size <= maxBytes) {
      // What is there and can't be read says nothing.
      await rm(asideOf(path), { force: true });
      return size;
    }
    const half = halfOf(maxBytes);
    const head = known === null ? await headEnd(log, half) : known.cut.head;
    if (await isMarkerAt(log, head)) {
      await rm(asideOf(path), { force: true });
      return size;
    }
    const parts: Part[] = [];
    let left = half;
    let omitted = known === null ? 0 : known.cut.omitted;
    const add = (file: FileHandle, from: number, to: number): void => {
      const begin = Math.max(from, to - left);
      omitted += begin - from;
      left -= to - begin;
      parts.unshift({ file, from: begin, to });
    };
    add(log, head, size);
    if (known !== null) {
      aside = await open(asideOf(path), 'r');
      add(aside, known.start, known.start + known.tail);
    }
    const skipped = await toLineStart(parts);
    const length = await writeWhole(path, { file: log, from: 0, to: head }, omitted + skipped, parts);
    await rm(asideOf(path), { force: true });
    return length;
  } finally {
    await log.close();
    await aside?.close();
  }
}

function halfOf(maxBytes: number): number {
  return Math.max(1, Math.floor((maxBytes - MARKER_ROOM) / 2));
}

function asideOf(path: string): string {
  return `${path}.tail`;
}

/** Where a file is made that is to replace another one. */
function unfinished(path: string): string {
  return `${path}.new`;
}

/** Whether a file of an attempt's folder is left of a cut: its log does not have its last form then. */
export function isLeftOfCut(name: string): boolean {
  return [unfinished('log'), asideOf('log'), unfinished(asideOf('log'))].includes(name);
}

/** Null where the log was not cut. Of a cut that was not made any more, all that was copied is still in the log. */
async function readCut(
  path: string,
  log: FileHandle,
): Promise<{ cut: Cut; start: number; tail: number } | null> {
  let aside: FileHandle;
  try {
    aside = await open(asideOf(path), 'r');
  } catch (thrown) {
    if (systemErrorCode(thrown) === 'ENOENT') return null;
    throw thrown;
  }
  try {
    const first = await textAt(aside, 0, MARKER_ROOM);
    const start = first.indexOf('\n') + 1;
    const cut = parseCut(first.slice(0, start));
    if (cut === null) return null;
    const tail = Math.max(0, (await aside.stat()).size - start);
    const isUncut = (await textAt(log, cut.head, cut.mark.length)) === cut.mark;
    return isUncut ? { cut: { ...cut, omitted: cut.before }, start, tail: 0 } : { cut, start, tail };
  } finally {
    await aside.close();
  }
}

function parseCut(line: string): Cut | null {
  const parts = /^\{"head":(\d+),"before":(\d+),"omitted":(\d+),"mark":"(--- cut [\da-f]{16})"\}\n$/.exec(
    line,
  );
  const mark = parts?.[4];
  if (parts === null || mark === undefined) return null;
  return { head: Number(parts[1]), before: Number(parts[2]), omitted: Number(parts[3]), mark };
}

async function writeAside(path: string, { head, before, omitted, mark }: Cut, part: Part): Promise<void> {
  const target = unfinished(asideOf(path));
  const file = await open(target, 'w', 0o600);
  try {
    await file.writeFile(`${JSON.stringify({ head, before, omitted, mark })}\n`);
    await copy(part, file);
  } finally {
    await file.close();
  }
  await rename(target, asideOf(path));
}

async function writeWhole(path: string, head: Part, omitted: number, tail: readonly Part[]): Promise<number> {
  const target = unfinished(path);
  const file = await open(target, 'w', 0o600);
  let length;
  try {
    await copy(head, file);
    await file.writeFile(`${MARKER}${omitted} bytes were left out here: the log was too long ---\n`);
    for (const part of tail) await copy(part, file);
    ({ size: length } = await file.stat());
  } finally {
    await file.close();
  }
  await rename(target, path);
  return length;
}

async function copy({ file, from, to }: Part, target: FileHandle): Promise<void> {
  const buffer = Buffer.alloc(Math.min(CHUNK, to - from));
  for (let at = from; at < to;) {
    const { bytesRead } = await file.read(buffer, 0, Math.min(buffer.length, to - at), at);
    if (bytesRead === 0) return;
    await target.writeFile(buffer.subarray(0, bytesRead));
    at += bytesRead;
  }
}

/** Where the beginning ends that is kept: after a line, where one ends near. */
async function headEnd(log: FileHandle, half: number): Promise<number> {
  const from = Math.max(0, half - LINE_WITHIN);
  const end = (await textAt(log, from, half - from)).lastIndexOf('\n');
  return end < 0 ? half : from + end + 1;
}

/** Moves the beginning of what is kept of the end to that of a line, where one is near; answers how much that leaves out. */
async function toLineStart(parts: Part[]): Promise<number> {
  const first = parts.findIndex(({ from, to }) => to > from);
  const part = parts[first];
  if (part === undefined) return 0;
  const end = (await textAt(part.file, part.from, Math.min(LINE_WITHIN, part.to - part.from))).indexOf('\n');
  parts[first] = { ...part, from: part.from + end + 1 };
  return end + 1;
}

async function isMarkerAt(log: FileHandle, at: number): Promise<boolean> {
  return (await textAt(log, at, MARKER.length)) === MARKER;
}

async function textAt(file: FileHandle, at: number, length: number): Promise<string> {
  const buffer = Buffer.alloc(Math.max(0, length));
  const { bytesRead } = await file.read(buffer, 0, buffer.length, Math.max(0, at));
  return buffer.toString('latin1', 0, bytesRead);
}
