import { masterFiles } from '../config/locate.ts';
import type { OptionTable } from '../config/option.ts';
import { showValue } from '../config/value-types.ts';
import { MASTER_VERBS } from './command-line.ts';

/** One option as the help shows it. */
interface HelpEntry {
  /** With its dashes, and its short form before it. */
  readonly flag: string;
  /** What kind of value it takes; null when it takes none. */
  readonly takes: string | null;
  readonly describe: string;
  readonly default: string | null;
}

/** Wider lines are hard to read. */
const WIDTH_MAX = 100;
/** The columns that a description must have beside its option. Where there are fewer, it stands below. */
const DESCRIPTION_MIN = 32;
const BELOW = 8;

/** A heading and its options, their descriptions below each other. @param columns the width of the terminal, or null */
function optionsHelp(heading: string, entries: readonly HelpEntry[], columns: number | null): string {
  const width = Math.min(columns ?? WIDTH_MAX, WIDTH_MAX);
  const lefts = entries.map(({ flag, takes }) => `  ${flag}${takes === null ? '' : ` <${takes}>`}`);
  const beside = Math.max(...lefts.map(({ length }) => length)) + 2;
  const indent = width - beside < DESCRIPTION_MIN ? BELOW : beside;
  const blocks = entries.map((entry, i) => {
    const left = lefts[i] ?? '';
    const words = [
      ...entry.describe.split(' '),
      ...(entry.default === null ? [] : [`[default: ${entry.default}]`]),
    ];
    const text = wrapped(words, width - indent).join(`\n${' '.repeat(indent)}`);
    return indent === beside ? `${left.padEnd(beside)}${text}` : `${left}\n${' '.repeat(indent)}${text}`;
  });
  return `${heading}:\n${blocks.join('\n')}\n`;
}

/** Paragraphs, each a line in the text, broken at spaces. @param columns the width of the terminal, or null */
function paragraphs(text: string, columns: number | null): string {
  const width = Math.min(columns ?? WIDTH_MAX, WIDTH_MAX);
  return `${text
    .split('\n')
    .map((line) => wrapped(line.split(' '), width).join('\n'))
    .join('\n')}\n`;
}

/** Lines of at most so many characters; a word that is longer has a line of its own. */
function wrapped(words: readonly string[], width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of words) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else {
      line = line === '' ? word : `${line} ${word}`;
    }
  }
  return [...lines, line];
}

/** What `clic-master help` prints. @param columns the width of the terminal, or null */
export function masterHelp(table: OptionTable, columns: number | null): string {
  const specs = Object.values(table);
  const entries = (areLimits: boolean): HelpEntry[] =>
    specs
      .filter(({ isLimit }) => (isLimit === true) === areLimits)
      .map(({ flag, type, default: value, help }) => ({
        flag: `--${flag}`,
        takes: type.name === 'boolean' ? null : (type.choices?.join('|') ?? type.name),
        describe: help,
        default: showValue(type, value) || null,
      }));
  const places = masterFiles('$CLIC_HOME', { dataDir: '/data', home: '~' });
  return (
    [
      paragraphs(
        'clic-master [options]\n\nRuns a clic-master: takes plans from clic and runs their stages.',
        columns,
      ),
      optionsHelp('Options', [...entries(false), ...OF_ITSELF], columns),
      optionsHelp('Limits', entries(true), columns),
      optionsHelp(
        'Instead of running',
        MASTER_VERBS.map(([usage, describe]) => ({
          flag: `clic-master ${usage}`,
          takes: null,
          describe,
          default: null,
        })),
        columns,
      ),
      paragraphs(
        'Each option is also a variable and a key of the configuration file: --max-running is CLIC_MASTER_MAX_RUNNING and maxRunning, and so on. The variables of --host and --port are CLIC_MASTER_LISTEN_HOST and CLIC_MASTER_LISTEN_PORT. Flags go before variables, variables before the file.',
        columns,
      ),
      paragraphs(
        'The configuration file is the one that --config or CLIC_MASTER_CONF names, or else the first of these that exists:',
        columns,
      ),
    ].join('\n') + places.map((file) => `  ${file}\n`).join('')
  );
}

const OF_ITSELF: readonly HelpEntry[] = [
  { flag: '--config', takes: 'path', describe: 'the configuration file to read', default: null },
  { flag: '-V, --version', takes: null, describe: 'print the version', default: null },
  { flag: '-h, --help', takes: null, describe: 'print this', default: null },
];
