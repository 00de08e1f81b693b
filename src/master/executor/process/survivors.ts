import { readdir } from 'node:fs/promises';
import { parseStat } from './claim.ts';
import { readOptional } from './files.ts';

/** How many processes are looked at at once. */
const AT_ONCE = 16;

/** A living process that belongs to an attempt, by what its environment says. */
export interface StageProcess {
  readonly group: number;
  readonly stageId: string;
  readonly attempt: string;
}

/**
 * The living processes of attempts, of one group where that is told. Null where that can't be seen: everywhere but on
 * Linux. A process that has emptied its environment, or that belongs to another user, is not found.
 * @throws Error where the machine's processes can't be listed now
 */
export async function stageProcesses(ofGroup?: number): Promise<readonly StageProcess[] | null> {
  if (process.platform !== 'linux') return null;
  const pids = (await readdir('/proc')).filter((entry) => /^\d+$/.test(entry));
  const found: StageProcess[] = [];
  const work = async (): Promise<void> => {
    for (let pid = pids.pop(); pid !== undefined; pid = pids.pop()) {
      const group = parseStat((await readOptional(`/proc/${pid}/stat`)) ?? '')?.group;
      if (group === undefined || (ofGroup !== undefined && group !== ofGroup)) continue;
      const env = await environmentOf(pid);
      const stageId = env.get('CLIC_STAGE_ID');
      const attempt = env.get('CLIC_ATTEMPT');
      if (stageId !== undefined && attempt !== undefined) found.push({ group, stageId, attempt });
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return found;
}

/** Empty for a process whose environment is not ours to read. */
async function environmentOf(pid: string): Promise<ReadonlyMap<string, string>> {
  const text = await readOptional(`/proc/${pid}/environ`, ['EACCES', 'EPERM']);
  return new Map(
    (text ?? '').split('\0').map((pair) => {
      const at = pair.indexOf('=');
      return [pair.slice(0, at), pair.slice(at + 1)];
    }),
  );
}
