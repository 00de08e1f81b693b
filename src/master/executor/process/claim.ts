import { execFile } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { claimOf, readOptional } from './files.ts';

const run = promisify(execFile);

/** How long a claim may stay half-written, in milliseconds. Writing it is one system call after its creation. */
const WRITTEN_WITHIN_MS = 2000;

/** The supervisor that runs, or ran, an attempt. */
export interface Claim {
  /** Also the id of its process group. */
  readonly pid: number;
  readonly birth: string;
}

/** Who has claimed the attempt: null when nobody has, 'damaged' when that can't be told. */
export async function findClaim(attemptDir: string): Promise<Claim | 'damaged' | null> {
  const giveUp = Date.now() + WRITTEN_WITHIN_MS;
  for (;;) {
    const text = await readOptional(claimOf(attemptDir));
    if (text === null) return null;
    if (text.endsWith('\n')) return parseClaim(text, process.platform) ?? 'damaged';
    if (Date.now() > giveUp) return 'damaged';
    await delay(20);
  }
}

/** What a supervisor wrote about itself; null when it can't have. */
function parseClaim(text: string, platform: NodeJS.Platform): Claim | null {
  const parts = /^([1-9]\d{0,9}) (.*)\n$/.exec(text);
  const pid = Number(parts?.[1]);
  const birth = parseBirth(parts?.[2] ?? '', platform);
  // Process 1 can't be ours, and its group would be everything.
  return parts === null || pid === 1 || birth === null ? null : { pid, birth };
}

/**
 * True while the very process that made the claim lives. Not being able to look (no file descriptor is free, say) is
 * no sign of death: it is to be looked again later.
 */
export async function mayBeAlive(claim: Claim): Promise<boolean> {
  try {
    return (await birthOf(claim.pid, process.platform)) === claim.birth;
  } catch {
    return true;
  }
}

/** True where no process of before the machine's last start can have made the claim. On Linux alone that is known. */
export async function isOfThisBoot(claim: Claim): Promise<boolean> {
  const boot = await readOptional('/proc/sys/kernel/random/boot_id');
  return boot !== null && claim.birth.startsWith(`${boot.trim()} `);
}

/** What a line of /proc/<pid>/stat says about a process. */
export interface ProcStat {
  readonly group: number;
  /** When it was started, in ticks since the machine was. */
  readonly start: string;
}

/**
 * When a process was born, in the words of its platform: tells it from a later one with the same id. Null when there
 * is none, or only its remains.
 */
export async function birthOf(pid: number, platform: NodeJS.Platform): Promise<string | null> {
  if (platform === 'linux') {
    const boot = await readOptional('/proc/sys/kernel/random/boot_id');
    const stat = await readOptional(`/proc/${pid}/stat`);
    return stat === null ? null : parseBirth(`${boot?.trim() ?? ''} ${stat}`, platform);
  }
  try {
    const env = { LC_ALL: 'C', TZ: 'UTC0' };
    const { stdout } = await run('/bin/ps', ['-o', 'stat=', '-o', 'lstart=', '-p', String(pid)], { env });
    return parseBirth(stdout, platform);
  } catch (thrown) {
    // With an exit status as its code, ps was there and says that there is no such process.
    if (thrown instanceof Error && 'code' in thrown && typeof thrown.code === 'number') return null;
    throw thrown;
  }
}

/**
 * The same from what a process found out about itself: `<boot id> <line of /proc/<pid>/stat>` on Linux,
 * `<state> <start time>` elsewhere.
 */
export function parseBirth(text: string, platform: NodeJS.Platform): string | null {
  if (platform === 'linux') {
    const stat = parseStat(text);
    return stat === null ? null : `${text.slice(0, text.indexOf(' '))} ${stat.start}`;
  }
  const [state, ...start] = text.trim().split(/\s+/);
  return state === undefined || start.length === 0 || state.startsWith('Z') ? null : start.join(' ');
}

/** Null for what is no such line, and for the remains of a process that has ended. */
export function parseStat(line: string): ProcStat | null {
  // A program's name, in parentheses, can contain anything.
  const [state, , group, ...rest] = line
    .slice(line.lastIndexOf(')') + 2)
    .trim()
    .split(' ');
  const start = rest[16];
  return start === undefined || state === 'Z' || state === 'X' ? null : { group: Number(group), start };
}
