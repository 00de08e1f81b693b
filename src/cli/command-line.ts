import { takesValue } from './global-options.ts';
import { legacyVerb } from './legacy.ts';

export interface CommandLine {
  /** null when there is none: `clic`, `clic -o json`. */
  readonly verb: string | null;
  /** As it was typed. */
  readonly verbWord: string;
  /** Everything else, in its order. */
  readonly words: readonly string[];
  /** How many of `words` stood before the verb. */
  readonly before: number;
}

/** Finds the verb: the first word that is a one-dash command, or that is neither an option nor the value of one. */
export function splitCommandLine(argv: readonly string[]): CommandLine {
  for (let i = 0; i < argv.length; i += 1) {
    const word = argv[i] ?? '';
    const legacy = legacyVerb(word);
    if (legacy === undefined && word.startsWith('-') && word !== '-') {
      if (isMistypedCommand(word)) return commandLine(argv, i, word);
      if (takesValue(word)) i += 1;
      continue;
    }
    return commandLine(argv, i, legacy ?? word);
  }
  return { verb: null, verbWord: '', words: argv, before: argv.length };
}

/** `-list_tasks`: no option of ours is one dash and several letters. */
function isMistypedCommand(word: string): boolean {
  return /^-[a-z_]{3,}$/i.test(word) && !word.startsWith('-o');
}

function commandLine(argv: readonly string[], at: number, verb: string): CommandLine {
  return { verb, verbWord: argv[at] ?? '', words: argv.toSpliced(at, 1), before: at };
}
