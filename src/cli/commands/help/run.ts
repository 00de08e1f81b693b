import { UsageError } from '../../../model/errors.ts';
import { nearest } from '../../../plan/suggest.ts';
import { commandNamed, type CommandSpec } from '../../command.ts';
import type { Arguments } from '../../command-line/arguments.ts';
import type { Context } from '../../context.ts';
import { topicHelp } from './topics.ts';
import { commandHelp, mainHelp } from './usage.ts';

/** `clic help [topic]`. @param topics what it can tell about besides the commands */
export async function run(
  args: Arguments,
  context: Context,
  commands: readonly CommandSpec[],
  topics: readonly string[],
): Promise<number> {
  const { stdout } = context.io;
  const topic = args.text('topic');
  if (topic === undefined) {
    await stdout.write(await mainHelp(commands, stdout.columns));
    return 0;
  }
  const command = commandNamed(topic, commands);
  // `clic help config` is about the options; `clic config --help` is about the command.
  const text =
    (await topicHelp(topic, commands, stdout.columns)) ??
    (command && (await commandHelp(command, stdout.columns)));
  if (text === undefined) {
    const near = nearest(topic, [...commands.map(({ verb }) => verb), ...topics]);
    throw new UsageError(
      `there is no help about ${JSON.stringify(topic)}${near === undefined ? '' : `; did you mean ${near}?`}`,
      { hint: '`clic help` lists the commands' },
    );
  }
  await stdout.write(text);
  return 0;
}
