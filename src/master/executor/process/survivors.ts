import { readdir } from 'node:fs/promises';
import { isOfThisBoot, parseStat, type Claim } from './claim.ts';
import { lookPatiently, readOptional } from './files.ts';
import { groupGone, signalGroup } from './group.ts';

/** How many processes are looked at at once. */
const AT_ONCE = 16;

/** A living process that belongs to an attempt, by what its environment says. */
export interface StageProcess {
  readonly group: number;
  readonly stageId: string;
  readonly attempt: string;
  /** Where the task's stages work: another master may have stages of the same name elsewhere. */
  readonly workDir: string;
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
      const workDir = env.get('CLIC_WORK_DIR');
      if (stageId !== undefined && attempt !== undefined && workDir !== undefined)
        found.push({ group, stageId, attempt, workDir });
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return found;
}

/**
 * Kills what a supervisor that was killed has left, so that the next attempt has the stage to itself. Whatever else
 * has the id of its group by now is not ours to kill: hence only what the environment of a member shows to be its.
 * @param env the environment of the program @throws Error where nobody can look for so many milliseconds
 */
export async function endSurvivors(
  claim: Claim,
  env: Readonly<Record<string, string>>,
  patienceMs: number,
): Promise<'none' | 'killed' | 'unkillable'> {
  if (!signalGroup(claim.pid, 0) || !(await isOfThisBoot(claim))) return 'none';
  const members = await lookPatiently(() => stageProcesses(claim.pid), patienceMs);
  const isOurs = members?.some(
    ({ stageId, attempt, workDir }) =>
      stageId === env['CLIC_STAGE_ID'] && attempt === env['CLIC_ATTEMPT'] && workDir === env['CLIC_WORK_DIR'],
  );
  if (isOurs !== true) return 'none';
  signalGroup(claim.pid, 'SIGKILL');
  return (await groupGone(claim.pid, Math.max(2000, patienceMs))) ? 'killed' : 'unkillable';
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
