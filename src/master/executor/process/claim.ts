import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { birthOf, parseBirth } from './birth.ts';
import { readOptional } from './optional-file.ts';

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
    const text = await readOptional(join(attemptDir, 'pid'));
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

/** True while the very process that made the claim lives. */
export async function isAlive(claim: Claim): Promise<boolean> {
  return (await birthOf(claim.pid, process.platform)) === claim.birth;
}

/** The exit status that the supervisor left behind; null when it wrote none. */
export async function exitStatusOf(attemptDir: string): Promise<number | null> {
  const parts = /^(\d{1,3})\n$/.exec((await readOptional(join(attemptDir, 'exit'))) ?? '');
  return parts === null ? null : Number(parts[1]);
}

/** Makes an attempt that was interrupted look like one, whatever its program said when it was told to stop. */
export async function removeExitStatus(attemptDir: string): Promise<void> {
  await rm(join(attemptDir, 'exit'), { force: true });
}
