import type { MasterClient } from '../../model/master-client.ts';
import type { StageInfo } from '../../model/views.ts';
import type { Positional } from '../command.ts';

/** Names that a shell takes as they are: whatever else a master sends is not put on anybody's command line. */
const SAFE = /^[A-Za-z0-9][A-Za-z0-9._-]*$/;

/**
 * Names of tasks or ids of stages that begin with `current`, yielded as they become known: whoever asks may stop at any time.
 */
export async function* liveNames(
  client: MasterClient,
  kind: NonNullable<Positional['completes']>,
  current: string,
): AsyncGenerator<string> {
  for await (const name of namesOf(client, kind, current)) {
    if (SAFE.test(name) && name.startsWith(current)) yield name;
  }
}

async function* namesOf(
  client: MasterClient,
  kind: NonNullable<Positional['completes']>,
  current: string,
): AsyncGenerator<string> {
  const tasks = (await client.listTasks())
    .filter(({ name }) => SAFE.test(name))
    .map(({ name, submitTime, status }) => ({ name, time: submitTime ?? '', status }))
    .sort((a, b) => (a.time < b.time ? 1 : -1));
  if (kind === 'task') {
    yield* tasks.map(({ name }) => name);
    return;
  }
  // A stage's id begins with the name of its task.
  const near = tasks.filter(({ name }) => name.startsWith(current) || current.startsWith(name));
  for (const { name, status } of near) {
    if (kind === 'stage') {
      yield* await client.stageIds(name);
    } else if (status === 'NEW' || status === 'RUNNING') {
      for (const stage of await client.stagesOf(name)) if (isCandidate(stage, kind)) yield stage.id;
    }
  }
}

/** By its status where the master tells it; otherwise a stage that has not started may be either. */
function isCandidate(
  { status, statusSource }: StageInfo,
  kind: 'waiting-stage' | 'suspended-stage',
): boolean {
  const wanted = kind === 'suspended-stage' && statusSource === 'master' ? 'SUSPEND' : 'WAITING';
  return status === wanted;
}
