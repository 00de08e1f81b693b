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
