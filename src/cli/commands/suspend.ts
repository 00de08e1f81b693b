import { FORMATS } from '../../config/options.ts';
import { RefusedError } from '../../model/errors.ts';
import type { MasterClient } from '../../model/master-client.ts';
import { printable } from '../../model/printable.ts';
import type { StageInfo } from '../../model/views.ts';
import type { CommandSpec } from '../command.ts';
import type { Arguments } from '../command-line/arguments.ts';
import type { Context } from '../context.ts';
import { print } from '../output/print.ts';
import { failedTaskOf, noStage, stageIdOf } from '../stage-fate.ts';
import { STAGE_ID } from './shared.ts';

/** One of the two changes that users can make to a stage, and its words. */
interface Change {
  readonly verb: 'suspend' | 'continue';
  readonly suspended: boolean;
  /** The status of a stage that has nothing to be changed. */
  readonly already: string;
  readonly done: (stage: string) => string;
  readonly alreadyDone: (stage: string) => string;
  /** What a Java master's no may mean: it does not say more. */
  readonly refused: string;
  readonly hint: (stage: string) => string;
}

const SUSPEND: Change = {
  verb: 'suspend',
  suspended: true,
  already: 'SUSPEND',
  done: (stage) => `${stage} has been suspended!`,
  alreadyDone: (stage) => `${stage} is suspended already!`,
  refused: 'The stage may have started or completed!',
  hint: (stage) => `only a stage that waits can be suspended; see \`clic stage ${stage}\``,
};

const CONTINUE: Change = {
  verb: 'continue',
  suspended: false,
  already: 'WAITING',
  done: (stage) => `${stage} has resumed execution!`,
  alreadyDone: (stage) => `${stage} is not suspended: it waits to be run already!`,
  refused: 'The stage may not have been suspended!',
  hint: (stage) => `only a suspended stage can go on; see \`clic stage ${stage}\``,
};

const JSON_HELP = {
  document: '{ schemaVersion, stageId, suspended, changed }; changed is false where it was so already',
};

/** `clic suspend`: holds back a stage. */
export const suspend: CommandSpec = {
  verb: 'suspend',
  legacy: '-suspend_stage',
  describe: 'hold back a stage that has not started',
  positionals: [{ ...STAGE_ID, completes: 'waiting-stage' }],
  formats: FORMATS,
  json: JSON_HELP,
  run: (args, context) => run(SUSPEND, args, context),
};

/** `clic continue`: lets a suspended stage go on. */
export const continueStage: CommandSpec = {
  verb: 'continue',
  legacy: '-continue_stage',
  describe: 'let a suspended stage go on',
  positionals: [{ ...STAGE_ID, completes: 'suspended-stage' }],
  formats: FORMATS,
  json: JSON_HELP,
  run: (args, context) => run(CONTINUE, args, context),
};

async function run(change: Change, args: Arguments, context: Context): Promise<number> {
  const given = args.required('stageId');
  const client = await context.client();
  const { id, isDone } = await send(change, given, client).catch(async (error: unknown) => {
    throw await noStage(client, given, error);
  });
  if (!isDone) await requireAlready(change, given, id, client);
  await confirm(change, given, id, isDone, context);
  return 0;
}

/** @returns the stage's id, and whether the master said yes */
async function send(
  { suspended }: Change,
  given: string,
  client: MasterClient,
): Promise<{ readonly id: string; readonly isDone: boolean }> {
  // The answer is only yes or no: the id of a stage that is given by its name is asked for.
  const id = await stageIdOf(client, given);
  return { id, isDone: await (suspended ? client.suspendStage(id) : client.continueStage(id)) };
}

/** The master said no. @throws RefusedError unless the stage is as it should become */
async function requireAlready(
  change: Change,
  given: string,
  id: string,
  client: MasterClient,
): Promise<void> {
  const { stage, failedTask } = await fateOf(client, id);
  const what = `${given} ${change.verb} failed!`;
  if (failedTask !== null) {
    throw new RefusedError(`${what} Its task ${failedTask} has failed, and this stage will not run!`, {
      hint: `\`clic task ${failedTask}\` shows which stage failed`,
    });
  }
  // A Java master does not tell the status, and what waits by its times may be suspended.
  if (stage?.statusSource === 'master' && stage.status === change.already) return;
  throw new RefusedError(`${what} ${whatItIs(stage) ?? change.refused}`, { hint: change.hint(given) });
}

/** What a stage is that can't be changed so, in a sentence; null where the master does not say it for sure. */
function whatItIs(stage: StageInfo | null): string | null {
  if (stage?.statusSource !== 'master') return null;
  switch (stage.status) {
    case 'RUNNING':
    case 'PREPARED':
      return 'The stage is running!';
    case 'COMPLETED':
      return 'The stage has completed!';
    case 'FAILED':
      return 'The stage has failed!';
    default:
      return null;
  }
}

/** What only explains must not fail: that the master said no is certain. */
async function fateOf(
  client: MasterClient,
  id: string,
): Promise<{ readonly stage: StageInfo | null; readonly failedTask: string | null }> {
  let stage: StageInfo | null = null;
  try {
    stage = await client.stage(id);
    return { stage, failedTask: await failedTaskOf(client, stage) };
  } catch {
    return { stage, failedTask: null };
  }
}

async function confirm(
  { suspended, done, alreadyDone }: Change,
  given: string,
  stageId: string,
  changed: boolean,
  context: Context,
): Promise<void> {
  const format = await context.format(FORMATS);
  const { stdout } = context.io;
  if (format === 'table') {
    await stdout.write(`${printable((changed ? done : alreadyDone)(given))}\n`);
    return;
  }
  const record = { stageId, suspended, changed };
  const table = {
    columns: ['stage_id', 'suspended', 'changed'],
    rows: [[stageId, String(suspended), String(changed)]],
  };
  await print(
    {
      document: () => record,
      records: () => [record],
      table: () => table,
      csv: () => table,
      names: () => [stageId],
    },
    format,
    stdout,
  );
}
