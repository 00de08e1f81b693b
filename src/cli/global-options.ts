import type { Options } from 'yargs';
import { OPTIONS, OPTION_NAMES } from '../config/options.ts';
import type { CommandSpec } from './command.ts';

/** Flags that every command takes, made from the table of the configuration. `output` is added where there is data. */
export function optionsOf({
  formats,
  options,
}: Pick<CommandSpec, 'formats' | 'options'>): Record<string, Options> {
  return {
    ...options,
    ...(formats.length > 0 ? { output: outputOption(formats) } : {}),
    ...CONNECTION_OPTIONS,
  };
}

const CONNECTION_OPTIONS: Readonly<Record<string, Options>> = {
  ...Object.fromEntries(
    OPTION_NAMES.filter((name) => name !== 'output').map((name): [string, Options] => {
      const { flag, help, common, type } = OPTIONS[name];
      const { choices } = type;
      return [
        flag,
        {
          ...(type.name === 'boolean'
            ? { type: 'boolean' }
            : { type: 'string', requiresArg: true, ...(choices === undefined ? {} : { choices }) }),
          describe: help,
          group: 'Everywhere:',
          hidden: common !== true,
        },
      ];
    }),
  ),
  config: {
    type: 'string',
    requiresArg: true,
    describe: 'the configuration file to read',
    group: 'Everywhere:',
  },
  help: { type: 'boolean', alias: 'h', describe: 'show this help', group: 'Everywhere:' },
};

/** The flags that go to the configuration, `--config` among them. */
export const CONFIG_FLAGS: readonly string[] = Object.keys(CONNECTION_OPTIONS).filter(
  (flag) => flag !== 'help',
);

function outputOption(formats: readonly string[]): Options {
  return { type: 'string', requiresArg: true, alias: 'o', choices: formats, describe: OPTIONS.output.help };
}

/** The options that every command takes, by name. */
export function connectionOption(name: string): Options | undefined {
  return Object.hasOwn(CONNECTION_OPTIONS, name) ? CONNECTION_OPTIONS[name] : undefined;
}
