import { standardFiles } from '../../config/locate.ts';
import { OPTIONS, OPTION_NAMES } from '../../config/options.ts';
import { EXIT_CODES } from '../exit-codes.ts';
import { drawSmallTable } from '../output/small-table.ts';
import { JSON_HELP } from './json.ts';

/** The text of a topic, or null where there is none of that name. */
export async function topicHelp(topic: string): Promise<string | null> {
  switch (topic) {
    case 'exit-codes':
      return exitCodesHelp();
    case 'config':
      return configHelp();
    case 'json':
      return JSON_HELP;
    default:
      return null;
  }
}

function exitCodesHelp(): Promise<string> {
  return drawSmallTable({
    columns: ['exit', 'meaning', 'error codes'],
    rows: EXIT_CODES.map(({ exit, meaning, codes }) => [String(exit), meaning, codes.join(' ')]),
  });
}

async function configHelp(): Promise<string> {
  const table = await drawSmallTable({
    columns: ['flag', 'variable', 'in the file', 'takes', 'default', 'meaning'],
    rows: OPTION_NAMES.map((name) => {
      const { flag, env, keys, type, default: value, help } = OPTIONS[name];
      const takes = type.choices?.join('|') ?? type.name;
      const shown =
        value === null ? '' : type.name === 'duration' ? `${Number(value) / 1000}s` : String(value);
      return [`--${flag}`, env, keys.join(', '), takes, shown, help];
    }),
  });
  const places = { cwd: '.', home: '~', dataDir: '/data', packageDir: '<the package>' };
  return `${table}
Highest first: flags, environment, .env of the working directory, the configuration file, defaults.

The configuration file is the one that --config or CLIC_CONF names, or else the first of these that exists:
${standardFiles('$CLIC_HOME', places)
  .map((file) => `  ${file}\n`)
  .join('')}
A line of it is key=value or a comment behind #; values may be in quotes. It is read, never executed.
\`clic config\` shows each value and where it came from.
`;
}
