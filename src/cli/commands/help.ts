import { UsageError } from '../../model/errors.ts';
import { Suggester } from '../../plan/suggest.ts';
import type { Arguments } from '../arguments.ts';
import type { Context } from '../context.ts';
import { commandHelp, mainHelp } from '../help/usage.ts';
import { TOPICS } from '../help/topic-names.ts';
import { topicHelp } from '../help/topics.ts';
import { COMMANDS, commandOf } from './index.ts';

/** `clic help [topic]`. */
export async function run(args: Arguments, context: Context): Promise<number> {
  const { stdout } = context.io;
  const topic = args.text('topic');
  if (topic === undefined) {
    await stdout.write(await mainHelp(stdout.columns));
    return 0;
  }
  const command = commandOf(topic);
  // `clic help config` is about the options; `clic config --help` is about the command.
  const text =
    (await topicHelp(topic, stdout.columns)) ?? (command && (await commandHelp(command, stdout.columns)));
  if (text === undefined) {
    const near = new Suggester([...COMMANDS.map(({ verb }) => verb), ...TOPICS]).nearest(topic);
    throw new UsageError(
      `there is no help about ${JSON.stringify(topic)}${near === undefined ? '' : `; did you mean ${near}?`}`,
      { hint: '`clic help` lists the commands' },
    );
  }
  await stdout.write(text);
  return 0;
}
