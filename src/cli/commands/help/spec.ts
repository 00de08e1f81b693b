import type { CommandSpec } from '../../command.ts';

/** What `clic help` can tell about besides the commands. */
const TOPICS = ['exit-codes', 'config', 'json'] as const;

/** `clic help`, which tells of these commands and of itself. */
export function helpCommand(commands: readonly CommandSpec[]): CommandSpec {
  const help: CommandSpec = {
    verb: 'help',
    legacy: '-help',
    legacyUsage: ['-help'],
    aliases: ['--help', '-h'],
    describe: 'show how clic, or one of its commands, is used',
    positionals: [
      {
        name: 'topic',
        describe: `a command, or ${TOPICS.join(', ')}`,
        required: false,
        choices: [...commands.map(({ verb }) => verb), ...TOPICS],
        isCommand: true,
      },
    ],
    formats: [],
    run: async (args, context) => (await import('./run.ts')).run(args, context, [...commands, help], TOPICS),
  };
  return help;
}
