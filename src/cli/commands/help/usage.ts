import { FORMATS } from '../../../config/options.ts';
import { legacyUsageOf, optionsOf, usageOf, type CommandSpec } from '../../command.ts';

/** Wider lines are hard to read. */
const WIDTH_MAX = 100;

/** `clic help`: every command. `columns` is the width of the terminal, or null. */
export async function mainHelp(commands: readonly CommandSpec[], columns: number | null): Promise<string> {
  const parser = await helpParser(columns);
  parser.usage(
    'clic: submits plans to a clic-master, and shows what becomes of them\n\n$0 <command> [options]',
  );
  for (const command of commands) parser.command(usageOf(command), command.describe);
  parser.options(optionsOf({ formats: FORMATS }));
  parser.epilogue(
    [
      'The commands of the Java shell do the same:',
      ...commands.flatMap(legacyUsageOf).map((usage) => `  clic ${usage}`),
      '',
      'More: clic help <command>, clic help exit-codes, clic help config, clic help json',
    ].join('\n'),
  );
  return `${await parser.getHelp()}\n`;
}

/** `clic help <verb>`. */
export async function commandHelp(command: CommandSpec, columns: number | null): Promise<string> {
  const parser = await helpParser(columns);
  parser.command(`$0 ${usageOf(command)}`, command.describe, (builder) => {
    for (const { name, describe, variadic } of command.positionals) {
      builder.positional(name, { type: 'string', describe, ...(variadic === true ? { array: true } : {}) });
    }
    return builder.options(optionsOf(command));
  });
  const notes = [
    ...(command.notes === undefined ? [] : [command.notes]),
    ...(command.legacy === undefined ? [] : [`In the form of the Java shell: clic ${command.legacy}`]),
    'More options for the connection: clic help config',
  ];
  parser.epilogue(notes.join('\n'));
  return `${await parser.getHelp()}\n`;
}

async function helpParser(columns: number | null) {
  const { default: yargs } = await import('yargs');
  return yargs()
    .scriptName('clic')
    .locale('en')
    .help(false)
    .version(false)
    .exitProcess(false)
    .showHidden(false)
    .wrap(Math.min(columns ?? WIDTH_MAX, WIDTH_MAX));
}
