import type { MasterClient } from '../../../model/master-client.ts';
import type { StageInfo } from '../../../model/views.ts';
import type { Positional } from '../../command.ts';
import { Arguments } from '../../command-line/arguments.ts';
import { Context, type Deps } from '../../context.ts';
import type { Io } from '../../io.ts';

/** With starting the program, one press of the key takes at most a second. */
const LIVE_MS = 800;
const IMPATIENT = [
  ['connect-timeout', `${LIVE_MS}ms`],
  ['call-timeout', `${LIVE_MS}ms`],
  ['read-retries', '0'],
] as const;

/** What the master says within that time. Errors are not told: a shell that completes a word has no place for them. */
export async function gatherNames(
  kind: NonNullable<Positional['completes']>,
  current: string,
  flags: ReadonlyMap<string, string>,
  io: Io,
  deps: Deps,
): Promise<string[]> {
  const context = new Context(io, deps, new Arguments(new Map()), new Map([...flags, ...IMPATIENT]));
  const names: string[] = [];
  const gather = async (): Promise<void> => {
    for await (const name of liveNames(await context.client(), kind, current)) names.push(name);
  };
  let timer: NodeJS.Timeout | undefined;
  const over = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, LIVE_MS);
  });
  await Promise.race([gather().catch(() => undefined), over]);
  clearTimeout(timer);
  await context.close();
  return [...names];
}

/** Names that a shell takes as they are: whatever else a master sends is not put on anybody's command line. */
const SAFE = /^[A-Z0-9][\w./-]*$/i;

/**
 * Names of tasks or ids of stages that begin with `current`, yielded as they become known: whoever asks may stop at any time.
 */
async function* liveNames(
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
  // `<task>/<name in the plan>` means a stage as well, where the master tells the names.
  const [owner = '', name] = current.split('/');
  if (name !== undefined) {
    for (const stage of await client.stagesOf(owner)) {
      if (stage.name !== null && (kind === 'stage' || isCandidate(stage, kind)))
        yield `${owner}/${stage.name}`;
    }
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
