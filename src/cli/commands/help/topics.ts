import { standardFiles } from '../../../config/locate.ts';
import { showValue } from '../../../config/value-types.ts';
import { OPTIONS, OPTION_NAMES } from '../../../config/options.ts';
import { EXIT_CODES } from '../../exit-codes.ts';
import { drawSmallTable } from '../../output/small-table.ts';
import { wrap } from '../../output/display-width.ts';
import type { CommandSpec } from '../../command.ts';
import { jsonHelp } from './json.ts';

/** Where the width of a terminal is not known. */
const DEFAULT_COLUMNS = 80;

/** The text of a topic, or null where there is none of that name. `columns` is the width of the terminal, or null. */
export async function topicHelp(
  topic: string,
  commands: readonly CommandSpec[],
  columns: number | null,
): Promise<string | null> {
  const width = columns === null || columns <= 0 ? DEFAULT_COLUMNS : columns;
  switch (topic) {
    case 'exit-codes':
      return exitCodesHelp(width);
    case 'config':
      return configHelp(width);
    case 'json':
      return jsonHelp(commands);
    default:
      return null;
  }
}

function exitCodesHelp(width: number): Promise<string> {
  const columns = ['exit', 'meaning', 'error codes'];
  const rows = EXIT_CODES.map(({ exit, meaning, codes }) => [String(exit), meaning, codes.join(' ')]);
  return drawSmallTable({ columns, rows }, width);
}

const USE =
  '`clic config` shows each value in force, and where it came from; `clic config --help` shows how it is used. Values can be set by these:';

function configHelp(width: number): string {
  const entries = OPTION_NAMES.map((name) => {
    const { flag, env, keys, type, default: value, help } = OPTIONS[name];
    const takes = type.choices?.join('|') ?? type.name;
    const shown = showValue<unknown>(type, value) || 'none';
    return [
      ...wrap(`--${flag} <${takes}>`, width, 4),
      ...wrap(`    ${help} (default: ${shown})`, width, 4),
      ...wrap(`    variable ${env}, in the file ${keys.join(' or ')}`, width, 4),
    ].join('\n');
  }).join('\n');
  const places = { cwd: '.', home: '~', dataDir: '/data', packageDir: '<the package>' };
  const paragraphs = (text: string): string => wrap(text, width).join('\n');
  return `${paragraphs(USE)}

${entries}

${paragraphs('Highest first: flags, environment, .env of the working directory, the configuration file, defaults.')}

${paragraphs('The configuration file is the one that --config or CLIC_CONF names, or else the first of these that exists:')}
${standardFiles('$CLIC_HOME', places)
  .map((file) => `  ${file}\n`)
  .join('')}
${paragraphs('A line of it is key=value or a comment after #; values may be in quotes. It is read, never executed.')}
`;
}
