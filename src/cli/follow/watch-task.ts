import { duration } from '../../config/value-types.ts';
import type { MasterClient } from '../../model/master-client.ts';
import type { Arguments } from '../command-line/arguments.ts';
import type { Context } from '../context.ts';
import { useColor, type Sink } from '../io.ts';
import { printable } from '../../model/printable.ts';
import { changeLine, type SeenChange } from './change-listing.ts';
import { follow } from './follow.ts';
import { LiveScreen } from './live-screen.ts';
import { renderView } from './live-view.ts';
import { changesBetween, type Snapshot } from './snapshot.ts';

export interface WatchOptions {
  readonly client: MasterClient;
  readonly taskName: string;
  readonly timeoutMs: number | null;
  /** Where progress goes: a live view on a terminal, else a line for each change. */
  readonly progress: Sink;
  /** Takes the changes instead of `progress`, in whatever form. */
  readonly onChanges?: (changes: readonly SeenChange[]) => Promise<void>;
  /** True where errors are to be parsed: then nothing is said on a stderr that is no terminal. */
  readonly isQuiet?: boolean;
}

/** What `--timeout` says, in milliseconds; null where it was not given: then only the end of the task, or Ctrl-C, ends the wait. @throws UsageError */
export function timeoutOf(args: Arguments): number | null {
  return args.value('timeout', duration) ?? null;
}

/** Where the size of a terminal isn't known; some say that it is 0. */
const DEFAULT_COLUMNS = 80;
const DEFAULT_ROWS = 24;

/**
 * Follows a task to its end and shows how it gets on: the engine behind wait, watch and submit.
 * @returns the task as it ended, COMPLETED or FAILED, with its stages
 * @throws NotFoundError, WaitTimeoutError, InterruptedError, UnreachableError
 */
export async function watchTask(context: Context, options: WatchOptions): Promise<Snapshot> {
  const { client, taskName, timeoutMs, progress, onChanges } = options;
  const isSilent = options.isQuiet === true && !context.notes.isTty;
  const isLive = progress.isTty && onChanges === undefined && context.io.env['TERM'] !== 'dumb';
  const screen = new LiveScreen(progress);
  const color = useColor((await context.config()).values.color, context.io.env, progress);
  const note = async (text: string): Promise<void> => {
    if (isSilent) return;
    screen.forget();
    await context.note(printable(text));
  };

  let last: Snapshot | null = null;
  for await (const snapshot of follow({ client, taskName, timeoutMs, signal: context.signal, note })) {
    if (isLive) {
      const columns = sizeOr(progress.columns, DEFAULT_COLUMNS);
      const rows = sizeOr(progress.rows, DEFAULT_ROWS);
      await screen.draw(renderView(snapshot, { columns, rows, color }), { columns, rows });
    } else {
      const time = new Date();
      const changes = changesBetween(last, snapshot).map((change) => ({ ...change, time }));
      if (onChanges !== undefined) await onChanges(changes);
      else if (!isSilent) for (const change of changes) await progress.write(changeLine(change));
    }
    last = snapshot;
  }
  if (last === null) throw new TypeError('a task that is followed is seen at least once');
  return last;
}

function sizeOr(size: number | null, fallback: number): number {
  return size === null || size <= 0 ? fallback : size;
}
