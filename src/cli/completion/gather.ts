import { Arguments } from '../arguments.ts';
import type { Positional } from '../command.ts';
import { Context } from '../context.ts';
import type { Deps } from '../deps.ts';
import type { Io } from '../io.ts';
import { liveNames } from './live-names.ts';

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
