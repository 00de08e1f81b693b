import { join } from 'node:path';
import { isKubernetesName } from '../../../model/names.ts';

/** The working directory that the stages of a task share. @throws RangeError when the name isn't one that a master gives */
export function workDirOf(stateDir: string, taskName: string): string {
  return join(stateDir, 'work', safe(taskName));
}

/** What is kept about all attempts of a task. @throws RangeError */
export function taskRunsDirOf(stateDir: string, taskName: string): string {
  return join(stateDir, 'runs', safe(taskName));
}

/** What is kept about one attempt: its claim, its log and its exit status. @throws RangeError */
export function attemptDirOf(stateDir: string, taskName: string, stageId: string, attempt: number): string {
  if (!Number.isSafeInteger(attempt) || attempt < 1) {
    throw new RangeError(`${attempt} is not the number of an attempt`);
  }
  return join(taskRunsDirOf(stateDir, taskName), safe(stageId), String(attempt));
}

/** Where an attempt's program writes: both its stdout and its stderr. @throws RangeError */
export function logPathOf(stateDir: string, taskName: string, stageId: string, attempt: number): string {
  return join(attemptDirOf(stateDir, taskName, stageId, attempt), 'log');
}

/** A Kubernetes name has no slash and no dot: it can't lead out of its folder. */
function safe(name: string): string {
  if (!isKubernetesName(name)) throw new RangeError(`${JSON.stringify(name)} can't be the name of a folder`);
  return name;
}
